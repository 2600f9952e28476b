"""Runs are queued, started in order, kept for a while, and found by their ids."""

import asyncio
from pathlib import Path

import pytest

from app.runs import registry as registry_module
from app.runs.refusing import RefusingRunner
from app.runs.registry import Registry, Run
from app.runs.replay import ReplayRunner, load
from app.runs.runner import Busy, Refusing, UnknownRun

from .play import request

pytestmark = pytest.mark.anyio

POW_ADD = load(Path(__file__).parents[1] / "recordings" / "pow_add.jsonl")
QUICK, ENDLESS = ReplayRunner({"": POW_ADD}), ReplayRunner({"": POW_ADD}, pause_s=3600)


async def whole(run: Run) -> list[str]:
    return [entry.type async for batch in run.journal.follow() for entry in batch]


async def begun(run: Run) -> None:
    async for _ in run.journal.follow():
        return


async def test_a_run_is_told_to_its_end_and_remembered() -> None:
    registry = Registry(QUICK, slots=1, queue=1, keep=5)
    run = await registry.start(request("x"))
    assert await whole(run) == [kind for kind, _ in POW_ADD]
    assert run.finished is not None
    assert (run.finished.outcome, run.started_at, run.queue_position) == ("ok", "2026-11-23T12:00:00Z", None)
    assert registry.find(run.id) is run
    assert len(run.id) == 10


async def test_runs_beyond_the_slots_wait_in_order_and_beyond_the_queue_are_refused() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2, keep=5)
    running, second, third = [await registry.start(request(str(n))) for n in range(3)]
    assert [run.queue_position for run in (running, second, third)] == [None, 1, 2]
    with pytest.raises(Busy, match="Too many runs are waiting") as caught:
        await registry.start(request("fourth"))
    assert caught.value.retry_after_s > 0
    await begun(running)
    await registry.stop(running.id)
    assert (await whole(running))[-1] == "finished"
    await begun(second)
    assert [run.queue_position for run in (running, second, third)] == [None, None, 1]
    await registry.close()


async def test_a_person_who_types_does_not_wait_for_training() -> None:
    registry = Registry(ENDLESS, slots=1, queue=0, keep=5)
    await registry.start(request("training"))
    typed = await registry.start(request("typed"), listed=False)
    assert typed.queue_position is None
    await registry.close()


async def test_a_deleted_run_says_so_whether_it_runs_or_waits() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2, keep=5)
    running, waiting = [await registry.start(request(str(n))) for n in range(2)]
    await begun(running)
    for run in (waiting, running):
        await registry.delete(run.id)
        assert run.finished is not None
        assert (run.finished.outcome, run.finished.detail[:20]) == ("stopped", "The run was deleted,")
        assert (await whole(run))[0] == "started"
    await registry.close()


async def test_a_waiting_run_that_is_stopped_still_has_a_first_and_a_last_line() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2, keep=5)
    await registry.start(request("first"))
    waiting = await registry.start(request("second"))
    await registry.stop(waiting.id)
    assert await whole(waiting) == ["started", "finished"]
    assert waiting.finished is not None
    assert waiting.finished.outcome == "stopped"
    await registry.close()


async def test_a_deleted_run_is_ended_and_unknown() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2, keep=5)
    run = await registry.start(request("x"))
    await begun(run)
    await registry.delete(run.id)
    for act in (registry.stop, registry.delete):
        with pytest.raises(UnknownRun, match=run.id):
            await act(run.id)
    assert run.journal.closed
    follower = await registry.start(request("y"))
    assert follower.queue_position is None
    await registry.close()


async def test_listed_runs_are_given_newest_first_page_by_page_and_unlisted_ones_not_at_all() -> None:
    registry = Registry(QUICK, slots=9, queue=9, keep=9)
    first, second, third = [await registry.start(request(str(n))) for n in range(3)]
    hidden = await registry.start(request("h"), listed=False)
    assert registry.runs(2) == [third, second]
    assert registry.runs(2, before=second.id) == [first]
    assert registry.find(hidden.id) is hidden
    with pytest.raises(UnknownRun):
        registry.runs(2, before="nobody")
    await registry.close()


async def test_only_so_many_finished_runs_are_kept() -> None:
    registry = Registry(QUICK, slots=1, queue=9, keep=2)
    runs = [await registry.start(request(str(n))) for n in range(4)]
    for run in runs:
        await whole(run)
    assert registry.runs(9) == [runs[3], runs[2]]


async def test_unlisted_runs_expire_and_listed_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "UNLISTED_S", 0.0)
    registry = Registry(QUICK, slots=1, queue=9, keep=9)
    hidden, listed = await registry.start(request("h"), listed=False), await registry.start(request("l"))
    await whole(hidden)
    await whole(listed)
    for _ in range(5):
        await asyncio.sleep(0)
    assert registry.find(listed.id) is listed
    with pytest.raises(UnknownRun):
        registry.find(hidden.id)


async def test_kept_runs_stay_within_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(len(line) for _, line in POW_ADD)
    monkeypatch.setattr(registry_module, "KEPT_BYTES", 2 * size + 100)
    registry = Registry(QUICK, slots=1, queue=9, keep=9)
    runs = [await registry.start(request(str(n)), listed=bool(n)) for n in range(3)]
    for run in runs:
        await whole(run)
    assert registry.runs(9) == [runs[2], runs[1]]
    await registry.close()


async def test_where_nothing_runs_a_start_is_refused_with_what_to_do() -> None:
    registry = Registry(RefusingRunner("There are no walls."), slots=1, queue=1, keep=1)
    with pytest.raises(Refusing, match=r"There are no walls\. Run the server on Linux"):
        await registry.start(request("x"))


async def test_a_runner_that_refuses_after_all_leaves_an_interrupted_run() -> None:
    registry = Registry(ReplayRunner({}), slots=1, queue=1, keep=1)
    run = await registry.start(request("x"))
    assert await whole(run) == ["started", "finished"]
    assert run.finished is not None
    assert (run.finished.outcome, "never recorded" in run.finished.detail) == ("interrupted", True)


async def test_closing_ends_every_run_as_interrupted() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2, keep=5)
    runs = [await registry.start(request(str(n))) for n in range(2)]
    await begun(runs[0])
    await registry.close()
    assert [run.finished and run.finished.outcome for run in runs] == ["interrupted"] * 2
    assert [(await whole(run))[-1] for run in runs] == ["finished"] * 2


async def test_a_title_can_be_changed() -> None:
    registry = Registry(QUICK, slots=1, queue=1, keep=1)
    run = await registry.start(request("x"))
    registry.rename(run.id, "ours")
    assert registry.find(run.id).title == "ours"
    await registry.close()
