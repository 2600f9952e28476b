"""What was typed, whole, where every web process finds it for a while: in PostgreSQL, or in a folder of one machine.

Within a budget of bytes; the oldest goes first. Knows nothing of what it keeps.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Double, cast, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from .database import open_shelf, unusable
from .schema import shelf

SWEEP_S = 10.0
"""How often what is kept no longer is looked for, at most."""
NOW = cast(func.extract("epoch", func.now()), Double)
"""The database's own clock, in seconds: those of machines differ."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Place(Protocol):
    """Where runs are kept for every web process. Every method raises StoreError or OSError where that can't be had."""

    def put(self, run_id: str, kept: bytes) -> None:
        """Keeps a run."""

    def get(self, run_id: str) -> bytes | None:
        """What was kept under that id; None where it is not there any more."""

    def forget(self, run_id: str) -> None:
        """Lets a run go."""

    def close(self) -> None:
        """Lets go of the place; what is there stays."""


class Folder:
    """A folder of this machine, one file for each run that only this user may read."""

    def __init__(self, path: Path, *, keep_s: float, most_bytes: int) -> None:
        self._path = path
        self._keep_s = keep_s
        self._most_bytes = most_bytes
        self._swept = 0.0

    def put(self, run_id: str, kept: bytes) -> None:
        """Keeps a run. Raises: OSError."""
        self._path.mkdir(mode=0o700, exist_ok=True)
        if time.monotonic() - self._swept >= SWEEP_S:  # first, so that a full disk has room again
            self._swept = time.monotonic()
            self._sweep(len(kept))
        made = self._path / f".{run_id}.{os.getpid()}"
        try:
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(kept)
            made.rename(self._path / run_id)
        except OSError:
            made.unlink(missing_ok=True)
            raise

    def get(self, run_id: str) -> bytes | None:
        """What was kept under that id. Raises: OSError."""
        if not NAME.fullmatch(run_id):
            return None
        with suppress(FileNotFoundError), open(self._path / run_id, "rb") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime < self._keep_s:
                return file.read()
        return None

    def forget(self, run_id: str) -> None:
        """Lets a run go."""
        if NAME.fullmatch(run_id):
            (self._path / run_id).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing to let go of."""

    def _sweep(self, coming: int) -> None:
        now, size = time.time(), coming
        found = [(status.st_mtime, status.st_size, path) for path in self._path.iterdir() if (status := _status(path))]
        for moment, length, path in sorted(found, reverse=True):
            size += length
            if size > self._most_bytes or now - moment >= self._keep_s:
                path.unlink(missing_ok=True)  # another process may have been quicker


class Table:
    """A table that every machine on that PostgreSQL reads."""

    def __init__(self, url: str, *, keep_s: float, most_bytes: int) -> None:
        self._url = url
        self._engine = open_shelf(url)
        self._keep_s = keep_s
        self._most_bytes = most_bytes
        self._swept = 0.0

    def put(self, run_id: str, kept: bytes) -> None:
        """Keeps a run. Raises: StoreError."""
        row = {"id": run_id, "expires_at": NOW + self._keep_s, "size": len(kept), "kept": kept}
        with self._connect() as connection:
            connection.execute(insert(shelf).values(row))
        if time.monotonic() - self._swept >= SWEEP_S:
            self._swept = time.monotonic()
            self._sweep()

    def get(self, run_id: str) -> bytes | None:
        """What was kept under that id. Raises: StoreError."""
        if not NAME.fullmatch(run_id):
            return None
        with self._connect() as connection:
            return connection.scalar(select(shelf.c.kept).where(shelf.c.id == run_id, shelf.c.expires_at > NOW))

    def forget(self, run_id: str) -> None:
        """Lets a run go. Raises: StoreError."""
        with self._connect() as connection:
            connection.execute(delete(shelf).where(shelf.c.id == run_id))

    def close(self) -> None:
        """Hangs up."""
        self._engine.dispose()

    def _sweep(self) -> None:
        c = shelf.c
        up_to = func.sum(c.size).over(order_by=c.expires_at.desc()).label("up_to")
        sizes = select(c.id, up_to).subquery()
        beyond = select(sizes.c.id).where(sizes.c.up_to > self._most_bytes)
        with self._connect() as connection:
            connection.execute(delete(shelf).where(c.expires_at <= NOW))
            connection.execute(delete(shelf).where(c.id.in_(beyond)))

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise unusable(self._url, error) from error


def _status(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None
