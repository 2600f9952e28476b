"""A writer that went away: its runs are ended for it when the database is opened again."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.events import Finished, Outcome, Started, decode
from app.store import Reader
from app.store.database import open_writer
from app.store.recovery import WENT_DOWN
from app.store.schema import runs

from .told import FINISHED, Written, record, reopen, scalars, started

pytestmark = pytest.mark.anyio


async def reopened(url: str, *, started_too: bool) -> list[object]:
    """What is on record of a run that was left under way, once the database is opened again."""
    written = Written(url)
    written.writer.create(record("a"))
    if started_too:
        written.writer.append("a", 1, "started", started())
        written.writer.append("a", 2, "scalars", scalars([7], [0.5]))
    written.writer.close()
    reopen(url)
    reader = Reader(url)
    known = reader.record("a")
    assert known is not None
    assert (known.state, known.outcome, known.detail) == ("finished", Outcome.INTERRUPTED, WENT_DOWN)
    assert known.finished_at is not None
    entries = reader.entries("a", 0)
    assert [entry.seq for entry in entries] == list(range(1, known.last_seq + 1))
    reader.close()
    return [decode(entry.line) for entry in entries]


async def test_a_run_left_running_ends_interrupted_with_all_it_told(url: str) -> None:
    first, frame, last = await reopened(url, started_too=True)
    assert isinstance(first, Started)
    assert frame is not None
    assert last == replace(FINISHED, outcome=Outcome.INTERRUPTED, detail=WENT_DOWN, events=2, wall_ms=7.0)


async def test_a_run_left_waiting_has_a_first_line_too(url: str) -> None:
    first, last = await reopened(url, started_too=False)
    assert isinstance(first, Started)
    assert (first.run_id, first.preset) == ("a", "training")
    assert isinstance(last, Finished)
    assert last.events == 1


async def test_a_run_that_was_over_stays_as_it_was(url: str) -> None:
    written = Written(url)
    await written.run("a")
    written.writer.close()
    reader = Reader(url)
    before = reader.record("a"), reader.entries("a", 0)
    reopen(url)
    assert (reader.record("a"), reader.entries("a", 0)) == before
    reader.close()


async def test_a_run_deleted_before_its_end_does_not_come_back(tmp_path: Path) -> None:
    url = f"{tmp_path}/runs.sqlite"
    written = Written(url)
    written.writer.create(record("a"))
    written.writer.close()
    engine = open_writer(url)
    with engine.begin() as connection:
        connection.execute(update(runs).values(removed=True))
    engine.dispose()
    reopen(url)
    reader = Reader(url)
    assert reader.records(10) == []
    reader.close()
