"""A disk that takes nothing more: what was acknowledged stays, and writing goes on when there is room again.

The room is taken away by the limit on a file's size: the database meets a failed write just as on a full disk.
"""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.events import Outcome, decode
from app.store import Reader, StoreError, WriteFailed, database
from app.store.books import CUT_OFF
from app.store.database import file_of

from ..postgres import Postgres
from .told import ON_SQLITE, Written, finished, record, started, stdout

pytestmark = pytest.mark.anyio

LARGE = stdout("x" * 1_000_000)


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """No file here grows beyond what the largest has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(path.stat().st_size for path in folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def until_recovered(written: Written) -> None:
    async with asyncio.timeout(30):
        while not written.recoveries:
            await asyncio.sleep(0.01)


@ON_SQLITE
async def test_a_full_disk_loses_nothing_acknowledged_and_is_told_once(
    written: Written, reader: Reader, tmp_path: Path
) -> None:
    writer = written.writer
    await written.run("whole")
    writer.create(record("cut"))
    writer.append("cut", 1, "started", started("cut"))
    writer.append("cut", 2, "stdout", stdout("kept"))
    await writer.settled()
    with full_disk(tmp_path / "data"):
        for seq in range(3, 9):
            writer.append("cut", seq, "stdout", LARGE)
            await writer.settled()
        writer.create(record("late"))
        writer.append("cut", 9, "finished", finished(events=8))
        await writer.settled()
        assert writer.waiting_bytes == 0
        assert written.committed == {"whole": 2, "cut": 2}
        assert [entry.seq for entry in reader.entries("cut", 0)] == [1, 2]
        (failure,) = written.failures
    assert isinstance(failure, WriteFailed)
    assert failure.runs == {"cut"}
    assert "Make room on that disk; writing goes on by itself" in str(failure)
    await until_recovered(written)
    await writer.settled()
    assert [run.id for run in reader.records(9)] == ["late", "cut", "whole"]
    kept = reader.entries("cut", 0)
    assert [(entry.seq, entry.type) for entry in kept] == [(1, "started"), (2, "stdout"), (3, "finished")]
    last = decode(kept[-1].line)
    assert (last.outcome, last.detail, last.events) == (Outcome.INTERRUPTED, CUT_OFF, 2)
    assert written.committed == {"whole": 2, "cut": 3}


@ON_SQLITE
async def test_a_run_whose_lines_are_all_on_disk_ends_as_it_did(
    written: Written, reader: Reader, tmp_path: Path
) -> None:
    writer = written.writer
    for run_id in ("cut", "whole"):
        writer.create(record(run_id))
        writer.append(run_id, 1, "started", started(run_id))
    await writer.settled()
    with full_disk(tmp_path / "data"):
        writer.append("cut", 2, "stdout", LARGE)
        writer.append("whole", 2, "finished", finished(events=1))
        await writer.settled()
    await until_recovered(written)
    await written.run("next")
    outcomes = {run.id: run.outcome for run in reader.records(9)}
    assert outcomes == {"next": Outcome.OK, "whole": Outcome.OK, "cut": None}
    assert [entry.type for entry in reader.entries("whole", 0)] == ["started", "finished"]


@ON_SQLITE
async def test_closing_while_the_disk_is_full_keeps_what_there_is(url: str, reader: Reader, tmp_path: Path) -> None:
    written = Written(url)
    written.writer.create(record("a"))
    written.writer.append("a", 1, "started", started())
    await written.writer.settled()
    with full_disk(tmp_path / "data"):
        written.writer.append("a", 2, "stdout", LARGE)
        written.writer.close()
    assert reader.entries("a", 0) == [(1, "started", started())]
    Written(url).writer.close()
    known = reader.record("a")
    assert known is not None
    assert known.outcome == Outcome.INTERRUPTED


@ON_SQLITE
async def test_a_locked_database_is_waited_for_and_then_told_as_that(
    reader: Reader, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_MS", 20)
    written = Written(url)
    written.writer.create(record("before"))
    await written.writer.settled()
    with closing(sqlite3.connect(str(file_of(url)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        written.writer.create(record("while"))
        await written.writer.settled()
        other.execute("ROLLBACK")
    (failure,) = written.failures
    assert "Another program holds it" in str(failure)
    await until_recovered(written)
    await written.writer.settled()
    assert [run.id for run in reader.records(9)] == ["while", "before"]
    written.writer.close()


async def test_a_database_server_killed_in_the_middle_loses_nothing_acknowledged_and_is_found_again(
    server: Postgres,
) -> None:
    written = Written(server.database())
    reader = Reader(written.url)
    await written.run("before")
    server.stop("immediate")
    with pytest.raises(StoreError, match="can't be used"):
        reader.records(9)
    written.writer.create(record("while"))
    await written.writer.settled()
    server.start()
    await until_recovered(written)
    await written.run("after")
    assert [run.id for run in reader.records(9)] == ["after", "while", "before"]
    assert [entry.type for entry in reader.entries("before", 0)] == ["started", "finished"]
    written.writer.close()
    reader.close()
