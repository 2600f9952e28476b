"""Runs are queued, started in order, told line by line to whoever asked, and always to their end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.events import Finished, Outcome, Started, decode
from app.runs.refusing import RefusingRunner
from app.runs.registry import Registry, Run, new_id
from app.runs.replay import ReplayRunner, load
from app.runs.runner import Busy, Refusing, UnknownRun

from .play import request

pytestmark = pytest.mark.anyio

POW_ADD = load(Path(__file__).parents[1] / "recordings" / "pow_add.jsonl")
QUICK, ENDLESS = ReplayRunner({"": POW_ADD}), ReplayRunner({"": POW_ADD}, pause_s=3600)


@dataclass
class Told:
    """What a run told so far."""

    lines: list[tuple[int, str, bytes]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, number: int, kind: str, line: bytes) -> None:
        self.lines.append((number, kind, line))
        self.begun.set()

    @property
    def types(self) -> list[str]:
        return [kind for _, kind, _ in self.lines]

    @property
    def finished(self) -> Finished:
        event = decode(self.lines[-1][2], Finished)
        assert isinstance(event, Finished)
        return event


def begin(
    registry: Registry, source: str = "x", *, listed: bool = True, client: str = "", run_id: str | None = None
) -> tuple[Run, Told]:
    told = Told()
    return registry.start(request(source), told.take, listed=listed, client=client, run_id=run_id), told


async def test_a_run_is_told_to_its_end_and_forgotten() -> None:
    registry = Registry(QUICK, slots=1, queue=1)
    run, told = begin(registry)
    await run.over.wait()
    assert [(number, kind) for number, kind, _ in told.lines] == list(enumerate([kind for kind, _ in POW_ADD], 1))
    await asyncio.sleep(0)
    assert registry.under_way() == []


async def test_runs_beyond_the_slots_wait_in_order_and_beyond_the_queue_are_refused() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2)
    (running, first), (second, _), (third, _) = [begin(registry, str(n)) for n in range(3)]
    assert registry.under_way() == [running, second, third]
    assert registry.positions() == {second.id: 1, third.id: 2}
    with pytest.raises(Busy, match="Too many runs are waiting") as caught:
        begin(registry, "fourth")
    assert caught.value.retry_after_s > 0
    await first.begun.wait()
    await registry.stop(running.id)
    await running.over.wait()
    await asyncio.sleep(0)
    assert registry.positions() == {third.id: 1}
    await registry.close()


async def test_a_person_who_types_does_not_wait_for_training() -> None:
    registry = Registry(ENDLESS, slots=1, queue=0)
    begin(registry, "training")
    _, typed = begin(registry, "typed", listed=False)
    await typed.begun.wait()
    assert registry.positions() == {}
    await registry.close()


async def test_whoever_takes_the_lines_sets_the_pace() -> None:
    room = asyncio.Event()
    taken: list[str] = []

    async def take(_: int, kind: str, line: bytes) -> None:
        taken.append(kind)
        await room.wait()

    run = Registry(QUICK, slots=1, queue=0).start(request("x"), take)
    for _ in range(20):
        await asyncio.sleep(0)
    assert taken == ["started"]
    room.set()
    await run.over.wait()
    assert taken == [kind for kind, _ in POW_ADD]


async def test_a_waiting_run_that_is_stopped_still_has_a_first_and_a_last_line() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2)
    begin(registry, "first")
    waiting, told = begin(registry, "second")
    await registry.stop(waiting.id)
    assert told.types == ["started", "finished"]
    assert decode(told.lines[0][2], Started).run_id == waiting.id
    assert told.finished.outcome == "stopped"
    await registry.close()


async def test_a_run_is_ended_as_its_owner_says_whether_it_runs_or_waits() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2)
    (running, first), (waiting, second) = [begin(registry, str(n)) for n in range(2)]
    await first.begun.wait()
    for run in (waiting, running):
        await registry.end(run.id, Outcome.INTERRUPTED, "The disk is full.")
    assert [(told.finished.outcome, told.finished.detail) for told in (first, second)] == [
        ("interrupted", "The disk is full.")
    ] * 2
    assert registry.under_way() == []


async def test_what_is_not_under_way_is_unknown() -> None:
    registry = Registry(QUICK, slots=1, queue=1)
    for act in (registry.stop("nobody"), registry.end("nobody", Outcome.STOPPED, "")):
        with pytest.raises(UnknownRun, match="nobody"):
            await act


async def test_where_nothing_runs_a_start_is_refused_with_what_to_do() -> None:
    registry = Registry(RefusingRunner("There are no walls."), slots=1, queue=1)
    with pytest.raises(Refusing, match=r"There are no walls\. Run the server on Linux"):
        begin(registry)


async def test_a_runner_that_refuses_after_all_leaves_an_interrupted_run() -> None:
    run, told = begin(Registry(ReplayRunner({}), slots=1, queue=1))
    await run.over.wait()
    assert told.types == ["started", "finished"]
    assert (told.finished.outcome, "never recorded" in told.finished.detail) == ("interrupted", True)


async def test_closing_ends_every_run_as_interrupted() -> None:
    registry = Registry(ENDLESS, slots=1, queue=2)
    runs = [begin(registry, str(n)) for n in range(2)]
    await runs[0][1].begun.wait()
    await registry.close()
    assert [told.finished.outcome for _, told in runs] == ["interrupted"] * 2


async def test_every_change_of_what_runs_and_waits_is_told() -> None:
    changes: list[int] = []
    registry = Registry(QUICK, slots=1, queue=1, changed=lambda: changes.append(len(registry.under_way())))
    run, _ = begin(registry)
    await run.over.wait()
    await asyncio.sleep(0)
    assert changes == [1, 0]


def test_an_id_is_ten_characters_that_nobody_guesses() -> None:
    assert len(new_id()) == 10
    assert new_id() != new_id()


async def test_a_run_that_is_stopped_in_the_moment_it_begins_stops() -> None:
    registry = Registry(ENDLESS, slots=1, queue=0)
    run, told = begin(registry)
    await registry.stop(run.id)
    await asyncio.wait_for(run.over.wait(), 5)
    assert told.finished.outcome == "stopped"


async def test_a_run_that_is_ended_in_the_moment_it_begins_has_a_last_line_and_leaves_its_slot() -> None:
    registry = Registry(ENDLESS, slots=1, queue=0)
    run, told = begin(registry)
    await registry.end(run.id, Outcome.STOPPED, "It was deleted.")
    assert told.types[-1] == "finished"
    assert registry.under_way() == []


async def test_a_run_that_is_ended_twice_leaves_its_slot() -> None:
    begun, ending, room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def take(_: int, kind: str, line: bytes) -> None:
        begun.set()
        if kind == "finished":
            ending.set()
            await room.wait()

    registry = Registry(ENDLESS, slots=1, queue=0)
    run = registry.start(request("x"), take)
    await begun.wait()
    ends = [asyncio.create_task(registry.end(run.id, Outcome.INTERRUPTED, "The disk is full."))]
    await ending.wait()
    ends.append(asyncio.create_task(registry.end(run.id, Outcome.STOPPED, "It was deleted.")))
    await asyncio.sleep(0)
    room.set()
    await asyncio.gather(*ends)
    assert run.over.is_set()
    assert registry.under_way() == []


async def test_a_run_that_ends_by_itself_while_another_is_ended_is_no_obstacle_to_closing() -> None:
    registry = Registry(ENDLESS, slots=2, queue=0)

    async def take(_: int, kind: str, line: bytes) -> None:
        if kind == "finished":
            await registry.stop(second.id)
            await second.over.wait()
            await asyncio.sleep(0)

    registry.start(request("first"), take)
    second, other = begin(registry, "second")
    await other.begun.wait()
    await registry.close()
    assert registry.under_way() == []
    assert other.finished.outcome == "stopped"


async def test_whoever_has_fewest_runs_going_is_next_whoever_came_first() -> None:
    registry = Registry(ENDLESS, slots=2, queue=9)
    for name in ("a1", "a2", "a3", "a4"):
        begin(registry, client="anna", run_id=name)
    begin(registry, client="ben", run_id="b1")
    assert registry.positions() == {"b1": 1, "a3": 2, "a4": 3}
    await registry.stop("a1")
    while "b1" not in [run.id for run in registry.under_way()][:2]:
        await asyncio.sleep(0)
    assert registry.load().clients == {"anna": (1, 2), "ben": (1, 0)}
    await registry.close()


async def test_one_client_leaves_a_slot_to_others() -> None:
    registry = Registry(ENDLESS, slots=3, queue=9, client_slots=2, client_queue=1)
    for name in ("a1", "a2", "a3"):
        begin(registry, client="anna", run_id=name)
    with pytest.raises(Busy):
        begin(registry, client="anna")
    begin(registry, client="ben", run_id="b1")
    assert registry.load().clients == {"anna": (2, 1), "ben": (1, 0)}
    await registry.stop("a1")
    while "a3" not in [run.id for run in registry.under_way()][:3]:
        await asyncio.sleep(0)
    await registry.close()


async def test_one_client_cannot_take_the_whole_queue() -> None:
    registry = Registry(ENDLESS, slots=1, queue=4, client_queue=2)
    for _ in range(3):
        begin(registry, client="anna")
    with pytest.raises(Busy) as raised:
        begin(registry, client="anna")
    begin(registry, client="ben")
    assert str(raised.value) == (
        "2 runs of yours wait already, the most that one client may have. Try again in 10 s, or stop some of them."
    )
    await registry.close()


async def test_how_runs_ended_is_counted_and_logged_by_their_ids_and_by_nothing_they_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = Registry(QUICK, slots=1, queue=1)
    with caplog.at_level("INFO", "app.runs.registry"):
        run, _ = begin(registry)
        await run.over.wait()
    assert registry.load().outcomes == {"expression/ok": 1}
    assert [record.getMessage() for record in caplog.records] == [f"run {run.id} ended: ok"]
    assert (caplog.records[0].__dict__["run_id"], caplog.records[0].__dict__["outcome"]) == (run.id, "ok")


class Roomy(ReplayRunner):
    """A runner that has `room` for so many runs, and none for those in `unplaced` yet."""

    def __init__(self) -> None:
        super().__init__({"": POW_ADD}, pause_s=3600)
        self.unplaced: list[str] = []

    def follow(self, resized: Callable[[int], None]) -> None:
        self.room = resized

    def waiting(self) -> list[str]:
        return self.unplaced


async def test_slots_follow_a_runner_whose_room_changes() -> None:
    runner = Roomy()
    registry = Registry(runner, slots=0, queue=9, client_slots=-1)
    runs = [begin(registry, client="anna" if number < 3 else "ben")[0] for number in range(4)]
    assert len(registry.positions()) == 3
    runner.room(3)
    assert registry.positions() == {runs[2].id: 1}  # one slot is left to others
    assert registry.load().slots == 3
    await registry.close()
    runner.room(9)
    assert registry.load().slots == 0


async def test_runs_that_the_runner_has_not_placed_are_the_first_to_wait() -> None:
    runner = Roomy()
    registry = Registry(runner, slots=2, queue=9)
    first, second, third = (begin(registry)[0] for _ in range(3))
    runner.unplaced = [second.id]
    assert registry.positions() == {second.id: 1, third.id: 2}
    assert (registry.load().running, registry.load().waiting) == (
        {"listed": 1, "unlisted": 0},
        {"listed": 2, "unlisted": 0},
    )
    runner.unplaced = []
    assert registry.positions() == {third.id: 1}
    assert first.id not in registry.positions()
    await registry.close()
