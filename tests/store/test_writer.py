"""The writer: order, batches, readers that never hold it up, and what a kill leaves."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.events import Outcome
from app.store import Reader, Writer
from app.store.database import MOST_WAL_BYTES, file_of

from .told import ON_SQLITE, Written, record, reopen, scalars, started, stdout

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]


async def test_what_is_settled_is_on_disk_and_was_said_to_be(written: Written, reader: Reader) -> None:
    await written.run("a", ("stdout", stdout("x")))
    assert written.committed == {"a": 3}
    assert len(reader.entries("a", 0)) == 3
    assert written.writer.waiting_bytes == 0


async def test_nothing_is_said_to_be_on_disk_that_a_reader_cannot_read(url: str, reader: Reader) -> None:
    seen: list[tuple[int, int]] = []
    written = Written(url, lambda news: seen.append((news["a"], len(reader.entries("a", 0, limit=10_000)))))
    await written.run("a", *[("stdout", stdout(str(number))) for number in range(500)])
    written.writer.close()
    assert seen
    assert all(said == there for said, there in seen)


async def test_what_comes_together_is_committed_together(url: str) -> None:
    batches: list[dict[str, int]] = []
    written = Written(url, batches.append)
    await written.run("a", *[("stdout", stdout(str(number))) for number in range(5000)])
    written.writer.close()
    assert batches[-1] == {"a": 5002}
    assert len(batches) < 500


async def test_lines_of_many_threads_keep_each_runs_order(written: Written, reader: Reader) -> None:
    def tell(run_id: str) -> None:
        written.writer.create(record(run_id))
        written.writer.append(run_id, 1, "started", started(run_id))
        for seq in range(2, 300):
            written.writer.append(run_id, seq, "stdout", stdout(str(seq)))

    threads = [threading.Thread(target=tell, args=(f"run{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await written.writer.settled()
    for number in range(4):
        entries = reader.entries(f"run{number}", 0)
        assert [entry.seq for entry in entries] == list(range(1, 300))
        assert entries[-1].line == stdout("299")


async def test_closing_commits_the_rest(url: str, reader: Reader) -> None:
    written = Written(url)
    written.writer.create(record("a"))
    for seq in range(1, 1000):
        written.writer.append("a", seq, "stdout", stdout(str(seq)))
    written.writer.close()
    assert len(reader.entries("a", 0)) == 999


def test_closing_what_was_never_opened_is_nothing(url: str) -> None:
    Writer(url, committed=print, failed=print, recovered=print).close()


@ON_SQLITE
async def test_a_reader_in_the_middle_of_a_read_holds_up_nothing(written: Written, url: str) -> None:
    await written.run("before")
    slow = sqlite3.connect(f"file:{file_of(url)}?mode=ro", uri=True, isolation_level=None)
    slow.execute("BEGIN")
    assert slow.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    for number in range(20):
        await written.run(f"run{number}", ("stdout", stdout("x" * 100_000)))
    assert slow.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    slow.execute("COMMIT")
    assert slow.execute("SELECT count(*) FROM runs").fetchone() == (21,)
    slow.close()


@ON_SQLITE
async def test_the_log_stays_bounded_while_readers_come_and_go(written: Written, reader: Reader, url: str) -> None:
    written.writer.create(record("a"))
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            reader.entries("a", 0, limit=50)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    sizes = []
    text = stdout("x" * 200_000)
    for seq in range(1, 1000):
        written.writer.append("a", seq, "stdout", text)
        if seq % 10 == 0:
            await written.writer.settled()
            sizes.append(os.stat(f"{file_of(url)}-wal").st_size)
    over.set()
    for thread in readers:
        thread.join()
    assert max(sizes) < 2.5 * MOST_WAL_BYTES


async def test_many_readers_see_every_line_in_order_while_it_is_written(written: Written, reader: Reader) -> None:
    written.writer.create(record("a"))
    last = 600

    def follow() -> list[int]:
        seen: list[int] = []
        while not seen or seen[-1] < last:
            seen += [entry.seq for entry in reader.entries("a", seen[-1] if seen else 0)]
        return seen

    following = [asyncio.create_task(asyncio.to_thread(follow)) for _ in range(4)]
    for seq in range(1, last + 1):
        written.writer.append("a", seq, "scalars", scalars([seq], [1.0]))
        if seq % 30 == 0:
            await written.writer.settled()
    assert await asyncio.gather(*following) == [list(range(1, last + 1))] * 4


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_at_any_moment_loses_nothing_acknowledged(seed: int, url: str, reader: Reader) -> None:
    commits = random.Random(seed).randrange(1, 60)
    command = [sys.executable, "-m", "tests.store.writes_until_killed", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(commits)]
        process.kill()
        lines += process.stdout.read().splitlines(keepends=True)
    acknowledged = {run_id: int(seq) for run_id, seq in (line.split() for line in lines if line.endswith("\n"))}
    reopen(url)
    runs = {run.id: run for run in reader.records(10)}
    assert set(acknowledged) <= set(runs)
    for run_id, run in runs.items():
        entries = reader.entries(run_id, 0, limit=10**6, most_bytes=10**9)
        assert [entry.seq for entry in entries] == list(range(1, run.last_seq + 1))
        assert run.outcome == Outcome.INTERRUPTED
        assert run.last_seq > acknowledged.get(run_id, 0)
        assert sum(one.count for one in reader.series([run_id])[run_id]) == run.last_seq - 2
    path = file_of(url)
    if path is not None:
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
