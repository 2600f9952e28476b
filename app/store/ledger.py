"""The database as its one writer sees it: a batch is committed whole or not at all, and a full disk is waited out.

What a failed batch held is dropped, for nobody was shown it; only the beginnings and ends of runs, and what people
asked for, are kept to be tried again. Belongs to the writer's thread. Source: https://sqlite.org/rescode.html.
"""

import logging
import time
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from .books import STATES, Books, Operation, Told
from .database import (
    Lock,
    StoreError,
    file_of,
    log_is_long,
    open_writer,
    reason,
    shorten_log,
    tidy,
    unusable,
    upgrade,
)
from .recovery import recover
from .retention import sweep

FULL = "Make room on that disk"
LOCKED = "Another program holds it: end that one's transaction, or that program"
HELP_S = 1.0
"""The log is helped to begin anew at most this often."""


class WriteFailed(StoreError):
    """The database did not take a batch. `runs` lost lines by it, and will end as interrupted."""

    def __init__(self, url: str, error: Exception, runs: frozenset[str]) -> None:
        super().__init__(
            f"What runs tell could not be written to {file_of(url) or 'the database'} ({reason(error)}). "
            f"{LOCKED if 'locked' in reason(error) else FULL}; writing goes on by itself then."
        )
        self.runs = runs


class Ledger:
    """The open database. Raises on opening: StoreError where it can't be written, is too new, or has a writer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._books = Books()
        self._kept: list[Operation] = []
        self._helped = 0.0
        self.broken = False
        self.sweeping = True
        try:
            (file_of(url) or Path()).parent.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(url)
        except OSError as error:
            raise unusable(url, error) from error
        try:
            self._engine: Engine = open_writer(url)
            upgrade(self._engine)
            with self._engine.begin() as connection:
                recover(connection, self._books)
        except (SQLAlchemyError, StoreError, OSError) as error:
            self._lock.release()
            raise error if isinstance(error, StoreError) else unusable(url, error) from error

    def write(self, operations: list[Operation]) -> dict[str, int]:
        """Commits a batch; gives the newest number of each run with news. Raises: WriteFailed, once per outage."""
        if self.broken:
            self._keep(operations)
            return {}
        try:
            return self._commit(operations)
        except Exception as error:
            if not isinstance(error, DatabaseError):
                logging.getLogger(__name__).exception("a batch could not be written")
            self._give_up()
            raise WriteFailed(self._url, error, self._keep(operations)) from error

    def retry(self) -> dict[str, int] | None:
        """Writes what was kept from failed batches; the news, or None where the database still takes nothing."""
        try:
            news = self._commit(self._kept)
        except DatabaseError:
            self._give_up()
            return None
        except Exception:
            logging.getLogger(__name__).exception("what was kept from a failed batch could not be written")
            self._give_up()
            news = {}
        self._kept = []
        self.broken = False
        return news

    def sweep(self) -> None:
        """Removes some rows of a deleted run and gives room back; `sweeping` says whether there is more to do."""
        try:
            with self._engine.begin() as connection:
                rows_left = sweep(connection)
            self.sweeping = tidy(self._engine, self._url) or rows_left
        except SQLAlchemyError:
            self.sweeping = False  # the next deletion, or the next start, goes on with it
            self._give_up(broken=False)

    def close(self) -> None:
        """Tries once more what was kept, and lets go of the database."""
        if self.broken:
            self.retry()
        self._engine.dispose()
        self._lock.release()

    def _commit(self, operations: list[Operation]) -> dict[str, int]:
        with self._engine.begin() as connection:
            news = self._books.write(connection, operations)
        self._books.cut -= {each.run_id for each in operations if isinstance(each, Told) and each.type == STATES[-1]}
        self.sweeping = self.sweeping or any(not isinstance(each, Told) for each in operations)
        if time.monotonic() - self._helped >= HELP_S and log_is_long(self._url):
            self._helped = time.monotonic()
            shorten_log(self._engine)
        return news

    def _keep(self, operations: list[Operation]) -> frozenset[str]:
        """Keeps what must not be lost of a batch that was not taken; gives the runs that lost lines."""
        lost = {each.run_id for each in operations if isinstance(each, Told) and each.type not in STATES}
        self._kept += [each for each in operations if not isinstance(each, Told) or each.type in STATES]
        self._books.cut |= lost
        return frozenset(lost)

    def _give_up(self, *, broken: bool = True) -> None:
        """Begins anew with the database: its own state and ours are those of the last commit."""
        self.broken = broken
        self._books.forget()
        self._engine.dispose()
