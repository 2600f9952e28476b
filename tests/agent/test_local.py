"""An agent in this process: what a run tells is on record before anybody hears of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.agent.agent import Unrecorded, Word
from app.agent.local import LocalAgent
from app.events import Finished, Started, decode, encode
from app.runs.refusing import RefusingRunner
from app.runs.replay import ReplayRunner, load
from app.runs.runner import Busy, Line, Refusing, Runner
from app.store import Reader

from ..runs.play import request

pytestmark = pytest.mark.anyio
POW_ADD = load(Path(__file__).parents[1] / "recordings" / "pow_add.jsonl")
QUICK, ENDLESS = ReplayRunner({"": POW_ADD}), ReplayRunner({"": POW_ADD}, pause_s=3600)


def under(run_id: str) -> list[Line]:
    """The recording as it is told under another id."""
    first = replace(decode(POW_ADD[0][1], Started), run_id=run_id)
    return [(first.type, encode(first)), *POW_ADD[1:]]


@asynccontextmanager
async def at_work(folder: Path, runner: Runner = QUICK, slots: int = 1, queue: int = 5) -> AsyncIterator["Desk"]:
    desk = Desk(LocalAgent(runner, f"sqlite:///{folder}/runs.sqlite", slots=slots, queue=queue), folder)
    await desk.agent.open(desk.hear)
    desk.reader = Reader(f"sqlite:///{folder}/runs.sqlite")
    yield desk
    await desk.agent.close()
    desk.reader.close()


class Desk:
    """An agent, what it said, and a reader of its record."""

    reader: Reader

    def __init__(self, agent: LocalAgent, folder: Path) -> None:
        self.agent = agent
        self.words: list[Word] = []
        self._news = asyncio.Event()

    def hear(self, word: Word) -> None:
        for run_id, last in word.runs.items():
            there = self.reader.record(run_id)
            assert there is None or there.last_seq >= last, "told before it was on record"
        self.words.append(word)
        self._news.set()

    async def until(self, run_id: str, kind: str) -> Finished | None:
        """Waits until the run has told an event of this type."""
        async with asyncio.timeout(10):
            while (line := self.reader.nth(run_id, kind, 0)) is None:
                self._news.clear()
                await self._news.wait()
        return decode(line, Finished) if kind == "finished" else None


async def test_a_run_is_on_record_when_its_id_is_given_and_at_the_end_with_every_line(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        run = await desk.agent.start(request("x = 1"))
        first = desk.reader.record(run)
        assert first is not None
        assert first.source == "x = 1"
        await desk.until(run, "finished")
        entries = desk.reader.entries(run, 0)
        last = desk.reader.record(run)
    assert [(entry.seq, entry.type, entry.line) for entry in entries] == [
        (number, kind, line) for number, (kind, line) in enumerate(under(run), 1)
    ]
    assert last is not None
    assert (last.state, last.outcome, last.last_seq) == ("finished", "ok", len(POW_ADD))


async def test_a_stopped_and_a_deleted_run(tmp_path: Path) -> None:
    async with at_work(tmp_path, ENDLESS, slots=2) as desk:
        stopped, deleted = [await desk.agent.start(request(name)) for name in "ab"]
        for run in (stopped, deleted):
            await desk.until(run, "started")
        await desk.agent.stop(stopped)
        ended = await desk.until(stopped, "finished")
        await desk.agent.delete(deleted)
        assert (ended and ended.outcome, desk.reader.record(deleted)) == ("stopped", None)
        assert desk.words[-1].gone == (deleted,)
        await desk.agent.stop("nobody")


async def test_a_run_is_renamed(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        run = await desk.agent.start(request("x"))
        await desk.agent.rename(run, "ours")
        record = desk.reader.record(run)
    assert record is not None
    assert record.title == "ours"


async def test_what_waits_has_a_place_and_the_queue_has_a_bound(tmp_path: Path) -> None:
    async with at_work(tmp_path, ENDLESS, queue=1) as desk:
        await desk.agent.start(request("a"))
        waiting = await desk.agent.start(request("b"))
        assert desk.agent.positions() == {waiting: 1}
        with pytest.raises(Busy):
            await desk.agent.start(request("c"))
        assert len(desk.reader.records(10)) == 2


async def test_where_nothing_runs_nothing_is_recorded(tmp_path: Path) -> None:
    async with at_work(tmp_path, RefusingRunner("There are no walls.")) as desk:
        with pytest.raises(Refusing):
            await desk.agent.start(request("x"))
        assert desk.reader.records(10) == []


async def test_an_expression_is_told_and_not_recorded(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        lines = [line async for line in desk.agent.express("typed", request("x"))]
        assert lines == under("typed")
        assert desk.reader.record("typed") is None


async def test_whoever_leaves_an_expression_stops_it(tmp_path: Path) -> None:
    async with at_work(tmp_path, ENDLESS) as desk:
        lines = desk.agent.express("typed", request("x"))
        assert (await anext(lines))[0] == "started"
        await lines.aclose()
        async with asyncio.timeout(10):
            while desk.agent.busy:
                await asyncio.sleep(0)


async def test_closing_ends_every_run_as_interrupted_on_record(tmp_path: Path) -> None:
    async with at_work(tmp_path, ENDLESS) as desk:
        runs = [await desk.agent.start(request(name)) for name in "ab"]
        await desk.until(runs[0], "started")
        await desk.agent.end_runs()
        records = [desk.reader.record(run) for run in runs]
    assert [(record and record.outcome) for record in records] == ["interrupted", "interrupted"]


async def test_what_cannot_be_recorded_ends_with_all_that_was_and_nothing_new_begins(tmp_path: Path) -> None:
    async with at_work(tmp_path, ENDLESS) as desk:
        run = await desk.agent.start(request("x"))
        await desk.until(run, "started")
        desk.agent._note_failure(OSError("The disk is full. Make room."))
        with pytest.raises(Unrecorded, match=r"The disk is full\. Make room\."):
            await desk.agent.start(request("y"))
        ended = await desk.until(run, "finished")
        assert ended is not None
        assert (ended.outcome, ended.detail) == ("interrupted", "The run was ended. The disk is full. Make room.")
        assert [entry.seq for entry in desk.reader.entries(run, 0)] == [1, 2]
        assert "The disk is full" in desk.agent.health().detail
        desk.agent._note_recovery()
        await desk.agent.start(request("z"))
