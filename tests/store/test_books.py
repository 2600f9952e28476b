"""A batch becomes rows: each line once, in order, of runs that are under way."""

import pytest

from app.events import Outcome, decode, encode
from app.store import Entry, Reader
from app.store import books as books_of
from app.store.books import Books, Renamed, Told
from app.store.database import open_writer
from app.store.upgrading import upgrade

from ..columns import record_line
from .told import Written, finished, frame, record, scalars, started, stdout

pytestmark = pytest.mark.anyio


async def test_a_run_is_on_record_line_by_line_byte_for_byte(written: Written, reader: Reader) -> None:
    odd = b'{"type" : "stdout", "text":"spaces stay"}'
    await written.run("a", ("stdout", odd))
    assert reader.entries("a", 0) == [
        Entry(1, "started", started()),
        Entry(2, "stdout", odd),
        Entry(3, "finished", finished()),
    ]


async def test_a_record_follows_its_lines(written: Written, reader: Reader) -> None:
    writer = written.writer
    writer.create(record("a", title="mine", group="sweep", steps_per_s=2.5))
    await writer.settled()
    expected = record("a", title="mine", group="sweep", steps_per_s=2.5, size_bytes=len("x = 1\n"))
    assert reader.record("a") == expected
    writer.append("a", 1, "started", started())
    await writer.settled()
    assert reader.record("a") == record(
        "a",
        title="mine",
        group="sweep",
        steps_per_s=2.5,
        state="running",
        started_at="2026-01-01T00:00:01.000Z",
        last_seq=1,
        size_bytes=expected.size_bytes + len(started()),
    )
    writer.append("a", 2, "finished", finished())
    await writer.settled()
    over = reader.record("a")
    assert over is not None
    assert (over.state, over.outcome, over.detail, over.wall_ms) == ("finished", Outcome.OK, "done", 5.0)
    assert over.finished_at is not None
    assert over.finished_at > over.created_at


async def test_a_line_told_twice_is_kept_once(written: Written, reader: Reader) -> None:
    for _ in range(2):
        written.writer.create(record("a"))
        written.writer.append("a", 1, "started", started())
        written.writer.append("a", 2, "stdout", stdout("x"))
    await written.writer.settled()
    assert [entry.seq for entry in reader.entries("a", 0)] == [1, 2]


async def test_lines_of_unknown_runs_and_of_runs_that_are_over_are_not_taken(written: Written, reader: Reader) -> None:
    await written.run("a")
    written.writer.append("a", 3, "stdout", stdout("late"))
    written.writer.append("never", 1, "started", started("never"))
    await written.writer.settled()
    assert [entry.type for entry in reader.entries("a", 0)] == ["started", "finished"]
    assert reader.record("never") is None
    assert written.committed == {"a": 2}
    assert written.failures == []


async def test_a_line_that_holds_no_points_is_an_event_all_the_same(written: Written, reader: Reader) -> None:
    await written.run("a", ("scalars", b"{}"), ("scalars", scalars([], [])))
    assert [entry.type for entry in reader.entries("a", 0)] == ["started", "scalars", "scalars", "finished"]
    assert reader.series(["a"]) == {"a": []}


async def test_a_run_with_too_many_series_keeps_its_events_and_the_first_series(
    written: Written, reader: Reader
) -> None:
    await written.run("a", *[("scalars", scalars([0], [1.0], f"tag{number}")) for number in range(1002)])
    assert [one.tag for one in reader.series(["a"])["a"]] == [f"tag{number}" for number in range(books_of.MOST_SERIES)]
    assert len(reader.entries("a", 0, limit=2000)) == 1004


async def test_series_are_told_apart_by_tag_and_origin(written: Written, reader: Reader) -> None:
    await written.run(
        "a",
        ("scalars", scalars([0], [1.0], "loss", "backward")),
        ("scalars", scalars([0], [2.0], "loss", "log")),
        ("scalars", scalars([1], [3.0], "loss", "backward")),
    )
    found = [(one.tag, one.origin, one.count, one.last_value) for one in reader.series(["a"])["a"]]
    assert found == [("loss", "backward", 2, 3.0), ("loss", "log", 1, 2.0)]


async def test_a_run_gets_another_title(written: Written, reader: Reader) -> None:
    await written.run("a", title="before")
    written.writer.rename("a", "after")
    await written.writer.settled()
    known = reader.record("a")
    assert known is not None
    assert known.title == "after"


async def test_of_a_run_that_lost_lines_only_the_last_is_taken_and_says_so(url: str, tmp_path: object) -> None:
    engine = open_writer(f"{tmp_path}/runs.sqlite")
    upgrade(engine)
    books = Books()
    books.cut.add("a")
    lines = [("started", started()), ("stdout", stdout("lost")), ("finished", finished(events=7))]
    with engine.begin() as connection:
        told = [Told("a", seq, kind, line, "now") for seq, (kind, line) in enumerate(lines, 6)]
        news = books.write(connection, [record("a"), Renamed("a", "cut off"), *told])
    engine.dispose()
    reader = Reader(f"{tmp_path}/runs.sqlite")
    entries = reader.entries("a", 0)
    reader.close()
    assert news == {"a": 2}
    assert [(entry.seq, entry.type) for entry in entries] == [(1, "started"), (2, "finished")]
    last = decode(entries[-1].line)
    assert (last.outcome, last.detail, last.events) == (Outcome.INTERRUPTED, books_of.CUT_OFF, 1)


async def test_what_is_known_of_a_run_is_read_again_after_a_failure(url: str, tmp_path: object) -> None:
    engine = open_writer(f"{tmp_path}/runs.sqlite")
    upgrade(engine)
    books = Books()
    line = encode(frame([0, 1, 2], [3.0, 2.0, 4.0]))
    with engine.begin() as connection:
        books.write(connection, [record("a"), Told("a", 1, "scalars", line, "")])
    with engine.connect() as connection:
        with connection.begin() as transaction:
            books.write(connection, [Told("a", 2, "scalars", line, "")])
            transaction.rollback()
        books.forget()
    with engine.begin() as connection:
        assert books.write(connection, [Told("a", 2, "scalars", scalars([3], [1.0]), "")]) == {"a": 2}
    engine.dispose()
    reader = Reader(f"{tmp_path}/runs.sqlite")
    (series,) = reader.series(["a"])["a"]
    reader.close()
    assert (series.count, series.min_value, series.sparkline) == (4, 1.0, (3.0, 2.0, 4.0, 1.0))


async def test_a_graph_s_record_stays_with_its_run_and_has_no_number(written: Written, reader: Reader) -> None:
    await written.run("a", ("record", record_line(0)), ("stdout", stdout("x")), ("record", record_line(1)))
    assert [entry.type for entry in reader.entries("a", 0)] == ["started", "stdout", "finished"]
    assert [reader.graph_record("a", graph) for graph in range(3)] == [record_line(0), record_line(1), None]
    await written.run("b", ("stdout", stdout("x")))
    sizes = [known.size_bytes for run_id in "ab" if (known := reader.record(run_id))]
    assert sizes[0] - sizes[1] == 2 * len(record_line())
