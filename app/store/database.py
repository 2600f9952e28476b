"""A database by its URL: opened for a writer or for a reader.

The only place that knows which database it is; SQLite's settings stand here. SQLite before 3.51.3 can damage a file
that two connections write at once, so one process holds the file's lock and writes by one connection; PostgreSQL
takes as many writers as come. Source: https://sqlite.org/wal.html, https://sqlite.org/pragma.html.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from .seat import Seat

MIB = 1024 * 1024
WAL_BYTES = 16 * MIB
"""What the log beside the file shrinks to when it begins anew."""
MOST_WAL_BYTES = 64 * MIB
"""From here the writer waits a moment for readers, so that the log can begin anew."""
WRITER = ("PRAGMA page_size = 16384", "PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL")
PATIENCE_MS = 5000
"""How long a statement waits where another one holds the database."""
VACUUM_PAGES = 256
LIVELY = {
    "connect_timeout": 5,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6000,
}
"""How soon PostgreSQL's client notices that the database's machine vanished."""


class StoreError(Exception):
    """The record of runs can't be used; the message says what, why and what to do next."""


class Away(StoreError):
    """PostgreSQL can't be reached, or takes nothing, for now: it may be back soon."""


class Lock:
    """The right to write one file, held by one process at a time; it goes with the process, however that ends."""

    def __init__(self, url: str) -> None:
        path = file_of(url)
        self._file = open(f"{path}.lock", "ab", opener=_private) if path else None  # noqa: SIM115  # held until released
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            raise StoreError(
                f"The record of runs in {path} is being written by another server. Stop that one, or start this one "
                "with another GRADWALK_DATA_DIR."
            ) from error

    def release(self) -> None:
        """Lets another process write."""
        if self._file is not None:
            self._file.close()


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None of any other."""
    parsed = _parsed(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def is_shared(url: str) -> bool:
    """Whether several machines may write this database."""
    return _parsed(url).get_backend_name() == "postgresql"


def connect_arguments(url: str) -> dict[str, Any]:
    """What psycopg connects to this PostgreSQL with."""
    parsed = _parsed(url)
    return {**LIVELY, **parsed.get_dialect()().create_connect_args(parsed)[1]}


def open_writer(url: str, seat: Seat | None = None) -> Engine:
    """The database with this writer's single connection; its file is made, for this user alone, where there is none."""
    path = file_of(url)
    if path is not None:
        open(path, "ab", opener=_private).close()  # SQLite gives its log beside the file the same rights
    engine = _engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0)
    if path is not None:
        event.listen(engine, "connect", _set_up_writer)
        event.listen(engine, "begin", _begin)
    elif seat is not None and seat.number is not None:
        event.listen(engine, "connect", seat.take)
    return engine


def open_reader(url: str) -> Engine:
    """The database for reading alone, from many threads at once."""
    path = file_of(url)
    if path is None:
        return _engine(url, execution_options={"postgresql_readonly": True}, pool_size=8, max_overflow=8)
    query = {"mode": "ro", "uri": "true"}
    engine = create_engine(
        URL.create("sqlite", database=path.absolute().as_uri(), query=query),
        pool_size=8,
        max_overflow=-1,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_reader)
    return engine


def open_shelf(url: str) -> Engine:
    """The database for what web processes keep there themselves; PostgreSQL alone takes it from several."""
    return _engine(url, pool_size=2, max_overflow=2)


def _engine(url: str, **options: Any) -> Engine:
    """Raises: StoreError where this installation does not speak that database's language."""
    try:
        if is_shared(url):
            options |= {"pool_pre_ping": True, "connect_args": connect_arguments(url)}
        return create_engine(_parsed(url), hide_parameters=True, **options)
    except (ImportError, SQLAlchemyError) as error:
        raise StoreError(
            f"The database of GRADWALK_DATABASE can't be spoken to ({reason(error)}). For PostgreSQL install "
            "gradwalk[postgres] and write postgresql+psycopg://user@host/name."
        ) from error


def tidy(engine: Engine, url: str) -> bool:
    """Gives some of the pages that deleted runs left back to the disk; whether more are left."""
    if file_of(url) is None:
        return False
    free = 0
    with _outside_transactions(engine) as cursor:
        cursor.executescript(f"PRAGMA incremental_vacuum({VACUUM_PAGES})")  # execute() would free a single page
        (free,) = cursor.execute("PRAGMA freelist_count").fetchone()
    return bool(free > VACUUM_PAGES)


def log_is_long(url: str) -> bool:
    """Whether readers kept the writer's log from beginning anew for so long that it should be helped."""
    path = file_of(url)
    try:
        return path is not None and os.stat(f"{path}-wal").st_size > MOST_WAL_BYTES
    except FileNotFoundError:
        return False


def shorten_log(engine: Engine) -> None:
    """Carries the log over into the file and empties it, waiting a moment for those who read from it."""
    with _outside_transactions(engine) as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")


def unusable(url: str, error: Exception) -> StoreError:
    """What a person is told where the database can't be opened, read or written."""
    if is_shared(url):
        kind = Away if isinstance(error, OperationalError) else StoreError
        return kind(
            f"The record of runs in PostgreSQL can't be used ({reason(error)}). Make sure that it runs, can be reached "
            "as GRADWALK_DATABASE says and lets that user write; it is tried again by itself."
        )
    return StoreError(
        f"The record of runs in {file_of(url)} can't be used ({reason(error)}). Make sure that this "
        "user may write there and that the disk has room, or set GRADWALK_DATA_DIR to another folder."
    )


def reason(error: Exception) -> str:
    """Why, in the database's own words, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


@contextmanager
def _outside_transactions(engine: Engine) -> Iterator[Any]:
    """SQLite's own cursor, where no transaction is open; for what may fail now and be done another time."""
    connection = engine.raw_connection()
    try:
        with suppress(sqlite3.Error), closing(connection.cursor()) as cursor:
            yield cursor
    finally:
        connection.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _parsed(url: str) -> URL:
    try:
        return make_url(url if "://" in url else f"sqlite:///{url}")
    except SQLAlchemyError as error:
        scheme = url.partition("://")[0]  # what comes behind it may hold a password
        raise StoreError(
            f"{scheme}://… is not the URL of a database. Write one such as sqlite:////folder/file."
        ) from error


def _set_up_writer(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, those of migrations too
    cursor = connection.cursor()
    for pragma in (*WRITER, "PRAGMA synchronous = FULL", f"PRAGMA busy_timeout = {PATIENCE_MS}"):
        cursor.execute(pragma).fetchall()
    cursor.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}").fetchall()
    cursor.close()


def _set_up_reader(connection: Any, _: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
