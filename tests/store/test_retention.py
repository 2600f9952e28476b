"""What is kept and what goes: the oldest first, what is under way never."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.store import Reader, Retention
from app.store.database import open_writer
from app.store.retention import Clock, Kept, surplus, sweep, timestamp
from app.store.schema import metadata, runs

from ..columns import record_line
from .told import Written, finished, record, scalars, started, stdout

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FOREVER = Retention(days=None, runs=None, size_bytes=None)


def ago(days: float, size_bytes: int = 10, number: int = 0) -> Kept:
    return Kept(number or int(1000 - days), timestamp(NOW - timedelta(days=days)), size_bytes)


def test_by_default_the_last_ninety_days_a_thousand_runs_and_two_gibibytes_stay() -> None:
    assert Retention() == Retention(days=90, runs=1000, size_bytes=2 * 1024**3)


@pytest.mark.parametrize(
    ("policy", "gone"),
    [
        (Retention(), []),
        (FOREVER, []),
        (Retention(days=2.5), [997]),
        (Retention(runs=1), [998, 997]),
        (Retention(size_bytes=25), [997]),
        (Retention(size_bytes=0), [999, 998, 997]),
    ],
)
def test_the_oldest_go_first(policy: Retention, gone: list[int]) -> None:
    assert surplus(policy, [ago(1), ago(2), ago(3)], NOW) == gone


def test_one_large_run_takes_the_place_of_all_older_ones() -> None:
    assert surplus(Retention(size_bytes=100), [ago(1), ago(2, 500), ago(3)], NOW) == [998, 997]


async def test_a_run_under_way_is_never_removed(written: Written, reader: Reader) -> None:
    await written.run("old")
    written.writer.create(record("waiting"))
    written.writer.create(record("running"))
    written.writer.append("running", 1, "started", started("running"))
    written.writer.retain(Retention(days=0, runs=0, size_bytes=0))
    await written.writer.settled()
    assert [run.id for run in reader.records(10)] == ["running", "waiting"]


async def test_the_rows_of_a_deleted_run_go_a_few_at_a_time_and_all(written: Written, url: str) -> None:
    frames = [("scalars", scalars([step], [1.0], tag)) for step in range(700) for tag in ("loss", "lr")]
    await written.run("gone", *frames, ("record", record_line()), ("stdout", stdout("x")))
    written.writer.close()
    engine = open_writer(url)
    with engine.begin() as connection:
        connection.execute(runs.update().values(removed=True))
    slices = 0
    more = True
    while more:
        slices += 1
        with engine.begin() as connection:
            more = sweep(connection)
    with engine.connect() as connection:
        left = {
            table.name: connection.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables
        }
    engine.dispose()
    assert left == {"runs": 0, "events": 0, "series": 0, "points": 0, "records": 0, "shelf": 0}
    assert slices == 8  # two series of 700 frames, 1403 events, each by 500; then there is nothing


async def test_a_sweep_that_was_cut_off_goes_on_at_the_next_start(tmp_path: Path) -> None:
    url = f"{tmp_path}/runs.sqlite"
    first = Written(url)
    await first.run("gone")
    first.writer.close()
    engine = open_writer(url)
    with engine.begin() as connection:
        connection.execute(runs.update().values(removed=True))
    engine.dispose()
    second = Written(url)
    await second.run("kept")
    second.writer.close()
    engine = open_writer(url)
    with engine.connect() as connection:
        assert list(connection.scalars(select(runs.c.id))) == ["kept"]
    engine.dispose()


async def test_a_run_deleted_while_it_runs_takes_no_more_lines(written: Written, reader: Reader) -> None:
    written.writer.create(record("a"))
    written.writer.append("a", 1, "started", started())
    written.writer.delete("a")
    written.writer.append("a", 2, "finished", finished())
    await written.writer.settled()
    assert (reader.record("a"), reader.entries("a", 0), reader.records(10)) == (None, [], [])


def test_a_clock_that_jumps_ahead_takes_no_run_along_and_one_that_is_set_back_counts() -> None:
    wall, steady = [1_000_000.0], [50.0]
    clock = Clock(lambda: wall[0], lambda: steady[0])
    wall[0], steady[0] = 2_000_000.0, 60.0
    assert clock.now().timestamp() == 1_000_010.0
    wall[0] = 900_000.0
    assert clock.now().timestamp() == 900_000.0
