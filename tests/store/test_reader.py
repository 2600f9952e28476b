"""Reading the record: a database that isn't there yet, pages of runs and lines, curves."""

import math
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store import Curve, Reader, StoreError
from app.store.database import open_writer
from app.store.upgrading import upgrade

from .told import ON_SQLITE, Written, graph, scalars, stdout

pytestmark = pytest.mark.anyio


def test_a_database_that_is_not_there_yet_has_no_runs(reader: Reader) -> None:
    assert reader.record("a") is None
    assert reader.records(10) == []
    assert reader.series(["a"]) == {"a": []}
    assert reader.entries("a", 0) == []
    assert reader.nth("a", "graph", 0) is None
    assert reader.curve("a", "loss") == Curve(steps=[], values=[], total=0, origin=None)


async def test_it_is_read_as_soon_as_it_is_there(reader: Reader, url: str) -> None:
    assert reader.records(10) == []
    written = Written(url)
    await written.run("a")
    assert [run.id for run in reader.records(10)] == ["a"]
    written.writer.close()


@pytest.mark.parametrize(
    ("revision", "sentence"), [("0001", "brought to a newer version"), ("9999", "Start that version")]
)
def test_another_schema_is_not_read(revision: str, sentence: str, tmp_path: Path) -> None:
    url = f"{tmp_path}/runs.sqlite"
    engine = open_writer(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()
    reader = Reader(url)
    with pytest.raises(StoreError, match=sentence):
        reader.records(10)
    reader.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_text("a diary " * 1000)
    reader = Reader(f"{tmp_path}/runs.sqlite")
    with pytest.raises(StoreError, match="file is not a database"):
        reader.records(10)
    reader.close()


async def test_runs_come_newest_first_page_by_page(written: Written, reader: Reader) -> None:
    for run_id in "abcde":
        await written.run(run_id, group="vowel" if run_id in "ae" else None)
    assert [run.id for run in reader.records(3)] == ["e", "d", "c"]
    assert [run.id for run in reader.records(3, before="c")] == ["b", "a"]
    assert [run.id for run in reader.records(9, group="vowel")] == ["e", "a"]
    assert reader.records(3, before="deleted") == []


async def test_lines_resume_after_any_number(written: Written, reader: Reader) -> None:
    await written.run("a", *[("stdout", stdout(str(number))) for number in range(8)])
    assert [entry.seq for entry in reader.entries("a", 7)] == [8, 9, 10]
    assert [entry.seq for entry in reader.entries("a", 3, limit=2)] == [4, 5]
    assert reader.entries("a", 10) == []


async def test_a_page_of_lines_ends_once_it_has_bytes_enough_but_has_one(written: Written, reader: Reader) -> None:
    await written.run("a", *[("stdout", stdout("x" * 1000))] * 5)
    assert [entry.seq for entry in reader.entries("a", 1, most_bytes=2500)] == [2, 3, 4]
    assert [entry.seq for entry in reader.entries("a", 1, most_bytes=1)] == [2]


async def test_the_nth_event_of_a_kind_is_found(written: Written, reader: Reader) -> None:
    await written.run("a", ("graph", graph(0)), ("stdout", stdout("x")), ("graph", graph(1)), ("stdout", stdout("y")))
    assert [reader.nth("a", "graph", number) for number in (0, 1, 2)] == [graph(0), graph(1), None]
    assert reader.nth("a", "stdout", 1) == stdout("y")
    assert reader.nth("never", "graph", 0) is None


@ON_SQLITE
async def test_a_rare_event_is_found_by_the_index_of_rare_ones(written: Written, reader: Reader) -> None:
    await written.run("a", ("graph", graph(0)))
    plans: list[str] = []
    with reader._engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(plans.append)
    reader.nth("a", "graph", 0)
    (statement,) = [plan for plan in plans if "events.line" in plan]
    with reader._engine.connect() as connection:
        steps = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert "SEARCH events USING INDEX events_rare (run=? AND type=?)" in steps


async def test_without_an_origin_the_best_is_drawn(written: Written, reader: Reader) -> None:
    origins = ("stdout", "assigned", "optimizer", "backward", "log")
    for count in range(1, 6):
        lines = [("scalars", scalars([0], [1.0], "loss", origin)) for origin in origins[:count]]
        await written.run(f"run{count}", *lines)
        assert reader.curve(f"run{count}", "loss").origin == origins[count - 1]
    assert reader.curve("run5", "loss", "assigned").origin == "assigned"
    assert reader.curve("run1", "loss", "log") == Curve(steps=[], values=[], total=0, origin="log")


async def test_a_curve_has_its_points_in_the_order_they_were_told(written: Written, reader: Reader) -> None:
    await written.run("a", ("scalars", scalars([3, 1], [0.5, math.inf])), ("scalars", scalars([2], [-1.5])))
    assert reader.curve("a", "loss") == Curve(steps=[3, 1, 2], values=[0.5, math.inf, -1.5], total=3, origin="log")


async def test_a_range_of_steps_is_refined(written: Written, reader: Reader) -> None:
    frames = [range(start, start + 500) for start in range(0, 20_000, 500)]
    await written.run("a", *[("scalars", scalars(frame, [float(step) for step in frame])) for frame in frames])
    whole = reader.curve("a", "loss", points=100)
    assert (len(whole.steps) <= 100, whole.steps[0], whole.steps[-1], whole.total) == (True, 0, 19_999, 20_000)
    part = reader.curve("a", "loss", points=100, start=990, end=1010)
    assert part == Curve(
        steps=list(range(990, 1011)), values=[float(step) for step in range(990, 1011)], total=21, origin="log"
    )
