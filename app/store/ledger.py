"""The database as one writer sees it: a batch is committed whole or not at all, and a full disk is waited out.

What a failed batch held is dropped, for nobody was shown it; only the beginnings and ends of runs, and what people
asked for, are kept to be tried again. Belongs to the writer's thread. Source: https://sqlite.org/rescode.html.
"""

import logging
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from .books import STATES, Asked, Books, Deleted, Operation, Told
from .database import (
    Lock,
    StoreError,
    file_of,
    is_shared,
    log_is_long,
    open_writer,
    reason,
    shorten_log,
    tidy,
    unusable,
)
from .news import CHANNEL, Notice, encode
from .recovery import recover
from .retention import sweep
from .seat import Seat, SeatTaken
from .upgrading import upgrade

FULL = "Make room on that disk"
LOCKED = "Another program holds it: end that one's transaction, or that program"
AWAY = "Make sure that it runs, can be reached and has room"
TRIES = 4
DEADLOCK = "40P01"
"""PostgreSQL's code for two transactions that wait for each other."""
Work = Operation | Notice
HELP_S = 1.0
"""The log is helped to begin anew at most this often."""


class WriteFailed(StoreError):
    """The database did not take a batch. `runs` lost lines by it, and will end as interrupted."""

    def __init__(self, url: str, error: Exception, runs: frozenset[str]) -> None:
        super().__init__(
            f"What runs tell could not be written to {file_of(url) or 'the database'} ({reason(error)}). "
            f"{_remedy(url, reason(error))}; writing goes on by itself then."
        )
        self.runs = runs


def _remedy(url: str, why: str) -> str:
    if is_shared(url):
        return AWAY
    return LOCKED if "locked" in why else FULL


class Ledger:
    """The open database. Raises on opening: StoreError where it can't be written, is too new, or has a writer.

    `unwanted` are runs of this writer that others ended, or want ended.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._seat = Seat(shared=is_shared(url))
        self._books = Books(self._seat)
        self.unwanted: set[str] = set()
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
            self._engine: Engine = open_writer(url, self._seat)
            self._open()
        except (SQLAlchemyError, StoreError, SeatTaken, OSError) as error:
            self._lock.release()
            raise error if isinstance(error, StoreError) else unusable(url, error) from error

    def _open(self) -> None:
        try:
            upgrade(self._engine)
            with self._engine.begin() as connection:
                news = recover(connection, self._seat)
        except BaseException:
            self._engine.dispose()
            raise
        self._announce(Notice(runs=news))

    @property
    def shared(self) -> bool:
        """Whether others may write it too."""
        return self._seat.number is not None

    def write(self, work: list[Work]) -> dict[str, int]:
        """Commits a batch; gives the newest number of each run with news. Raises: WriteFailed, once per outage."""
        if self.broken:
            self._keep(work)
            return {}
        try:
            return self._commit(work)
        except Exception as error:
            if not isinstance(error, (DatabaseError, SeatTaken)):
                logging.getLogger(__name__).exception("a batch could not be written")
            self._give_up()
            raise WriteFailed(self._url, error, self._keep(work)) from error

    def retry(self) -> dict[str, int] | None:
        """Writes what was kept from failed batches; the news, or None where the database still takes nothing."""
        try:
            news = self._commit([*self._kept])
        except (DatabaseError, SeatTaken):
            self._give_up()
            return None
        except Exception:
            logging.getLogger(__name__).exception("what was kept from a failed batch could not be written")
            self._give_up()
            news = {}
        self._kept = []
        self.broken = False
        return news

    def look(self) -> dict[str, int]:
        """Ends what others left under way, and notes what they want ended; the news. Nothing while it can't be had."""
        try:
            with self._engine.begin() as connection:
                self._look_again(connection)
                news = recover(connection, self._seat)
                self.unwanted |= self._seat.asked_to_stop(connection)
        except (SQLAlchemyError, SeatTaken):
            return {}  # the next batch finds out, and tells
        self._seat.is_new = False
        self._announce(Notice(runs=news))
        return news

    def sweep(self) -> None:
        """Removes some rows of a deleted run and gives room back; `sweeping` says whether there is more to do."""
        try:
            with self._engine.begin() as connection:
                rows_left = self._seat.tidies(connection) and sweep(connection)
            self.sweeping = tidy(self._engine, self._url) or rows_left
        except (SQLAlchemyError, SeatTaken):
            self.sweeping = False  # the next deletion, or the next start, goes on with it
            if not self.shared:
                self._give_up(broken=False)

    def close(self) -> None:
        """Tries once more what was kept, and lets go of the database."""
        if self.broken:
            self.retry()
        self._engine.dispose()
        self._lock.release()

    def _commit(self, work: list[Work]) -> dict[str, int]:
        operations = [each for each in work if not isinstance(each, Notice)]
        news = self._carry_out(operations) if operations else {}
        self._announce(Notice(runs=news, gone=_ids(operations, Deleted), stop=_ids(operations, Asked)))
        for notice in (each for each in work if isinstance(each, Notice)):
            self._announce(notice)
        self._books.cut -= {each.run_id for each in operations if isinstance(each, Told) and each.type == STATES[-1]}
        self.sweeping = self.sweeping or any(not isinstance(each, Told) for each in operations)
        if time.monotonic() - self._helped >= HELP_S and log_is_long(self._url):
            self._helped = time.monotonic()
            shorten_log(self._engine)
        return news

    def _carry_out(self, operations: list[Operation]) -> dict[str, int]:
        """Once more where two writers stood in each other's way, which PostgreSQL ends by giving one of them up."""
        for tries_left in reversed(range(TRIES)):
            try:
                with self._engine.begin() as connection:
                    self._look_again(connection)
                    news = self._books.write(connection, operations)
            except OperationalError as error:
                if not tries_left or getattr(error.orig, "sqlstate", "") != DEADLOCK:
                    raise
                self._books.forget()
                continue
            break
        self._seat.is_new = False
        return news

    def _look_again(self, connection: Connection) -> None:
        """After a lost connection: what others ended meanwhile is not gone on with."""
        if self._seat.is_new:
            self.unwanted |= self._books.look_again(connection)

    def _announce(self, notice: Notice) -> None:
        """Tells other machines, after the commit: within it, all writers would wait for one another's disks."""
        messages = list(encode(notice)) if self.shared else []
        if messages:
            with suppress(SQLAlchemyError, SeatTaken), self._engine.begin() as connection:
                for message in messages:
                    connection.execute(select(func.pg_notify(CHANNEL, message)))

    def _keep(self, work: list[Work]) -> frozenset[str]:
        """Keeps what must not be lost of a batch that was not taken; gives the runs that lost lines."""
        operations = [each for each in work if not isinstance(each, Notice)]
        lost = {each.run_id for each in operations if isinstance(each, Told) and each.type not in STATES}
        self._kept += [each for each in operations if not isinstance(each, Told) or each.type in STATES]
        self._books.cut |= lost
        return frozenset(lost)

    def _give_up(self, *, broken: bool = True) -> None:
        """Begins anew with the database: its own state and ours are those of the last commit."""
        self.broken = broken
        self._books.forget()
        if not self.shared:  # there a closed connection would give up the seat, and with it every run
            self._engine.dispose()


def _ids(operations: list[Operation], kind: type[Deleted | Asked]) -> tuple[str, ...]:
    return tuple(each.run_id for each in operations if isinstance(each, kind))
