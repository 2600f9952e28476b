"""Several writers of one PostgreSQL: each carries on its own runs, and ends those of whoever is gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from app.store import Reader, Retention
from app.store.books import Asked, Deleted, Told
from app.store.database import connect_arguments
from app.store.ledger import Ledger
from app.store.seat import Seat

from ..postgres import Postgres
from .told import finished, record, started, stdout


@contextmanager
def ledger(url: str) -> Iterator[Ledger]:
    opened = Ledger(url)
    yield opened
    opened.close()


def begin(writer: Ledger, run_id: str) -> None:
    writer.write([record(run_id), Told(run_id, 1, "started", started(run_id), "")])


def cut(writer: Ledger, url: str) -> None:
    """Ends the writer's connection, as a network that fails does; returns once the database knows it."""
    with psycopg.connect(autocommit=True, **connect_arguments(url)) as connection:
        lock = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = %s"
        (pid,) = connection.execute(lock, (writer._seat.number,)).fetchone() or (0,)
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while connection.execute(lock, (writer._seat.number,)).fetchone():
            pass


def wait_until_locked(url: str) -> None:
    """Returns once a statement waits for another one's lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(autocommit=True, **connect_arguments(url)) as connection:
        while not connection.execute(waiting).fetchone():
            pass


@pytest.fixture
def url(server: Postgres) -> str:
    return server.database()


@pytest.fixture
def reader(url: str) -> Iterator[Reader]:
    reader = Reader(url)
    yield reader
    reader.close()


def outcomes(reader: Reader) -> dict[str, str | None]:
    return {run.id: run.outcome for run in reader.records(10)}


def test_nobody_ends_the_runs_of_a_writer_that_is_there(url: str, reader: Reader) -> None:
    with ledger(url) as one:
        begin(one, "a")
        with ledger(url) as two:
            begin(two, "b")
            assert two.look() == one.look() == {}
            assert outcomes(reader) == {"b": None, "a": None}


def test_the_runs_of_a_writer_that_is_gone_are_ended_by_another_and_its_own_go_on(url: str, reader: Reader) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        begin(two, "b")
        cut(one, url)
        assert two.look() == {"a": 2}
        assert outcomes(reader) == {"b": None, "a": "interrupted"}


def test_what_others_ended_is_not_gone_on_with(url: str, reader: Reader) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        cut(one, url)
        two.look()
        assert one.write([Told("a", 2, "stdout", stdout("late"), "")]) == {}
        assert one.unwanted == {"a"}
        assert [entry.type for entry in reader.entries("a", 0)] == ["started", "finished"]


def test_a_lost_connection_that_nobody_noticed_is_made_again_and_the_run_goes_on(url: str, reader: Reader) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        cut(one, url)
        assert one.write([Told("a", 2, "stdout", stdout("x"), "")]) == {"a": 2}
        assert (one.unwanted, two.look(), outcomes(reader)) == (set(), {}, {"a": None})


def test_a_former_connection_that_seems_alive_is_given_up_for_the_new_one(url: str) -> None:
    seat = Seat(shared=True)
    with psycopg.connect(**connect_arguments(url)) as former, psycopg.connect(**connect_arguments(url)) as new:
        seat.take(former, None)
        seat.take(new, None)
        with pytest.raises(psycopg.OperationalError):
            former.execute("SELECT 1")


def test_what_somebody_wants_ended_is_known_to_who_carries_it_on(url: str) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        two.write([Asked("a")])
        one.look()
        two.look()
        assert (one.unwanted, two.unwanted) == ({"a"}, set())


def test_a_run_that_another_deleted_leaves_no_row_behind_though_the_connection_broke_meanwhile(url: str) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        cut(one, url)
        two.write([Deleted("a")])
        one.look()
        assert one.unwanted == {"a"}
        one.write([Told("a", 2, "finished", finished(), ""), Retention()])
        while one.sweeping:
            one.sweep()
        with psycopg.connect(**connect_arguments(url)) as connection:
            assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_two_that_stand_in_each_others_way_both_get_done(url: str, reader: Reader) -> None:
    with ledger(url) as one, ledger(url) as two:
        begin(one, "a")
        begin(two, "b")
        with ThreadPoolExecutor(1) as pool, psycopg.connect(**connect_arguments(url)) as other:
            other.execute("UPDATE runs SET title = 'theirs' WHERE id = 'b'")
            writing = pool.submit(one.write, [Asked("a"), Asked("b")])
            wait_until_locked(url)
            other.execute("UPDATE runs SET title = 'theirs' WHERE id = 'a'")  # each waits for the other now
            other.commit()
            writing.result()
        assert {run.title for run in reader.records(10)} == {"theirs"}
        one.look()
        assert one.unwanted == {"a"}


def test_sqlite_has_one_writer_and_no_seats() -> None:
    assert Seat(shared=False).number is None
