"""A writer's seat among those of one PostgreSQL: a number that is locked for as long as its connection lives.

So everybody sees whose runs nobody carries on any more, without clocks and without anybody's word: the database lets go
of the lock with the connection, whatever became of the writer. SQLite has one writer, and no seats.
"""

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, text, true

from .schema import UNFINISHED, runs

WRITERS_LOCK = 0x67726164
"""Whose number nobody else's advisory locks in that database should have: "grad"."""
HOUSEKEEPING = 0
"""The lock of who tidies up at the moment, which is no seat."""
PATIENCE_MS = 5000
"""How long a lock is waited for where another one holds it."""
NOTICED = (
    "tcp_keepalives_idle = 3",
    "tcp_keepalives_interval = 1",
    "tcp_keepalives_count = 3",
    "tcp_user_timeout = 6000",
)
"""What has the database notice within some seconds that a machine vanished; settings of this connection alone."""
GIVE_UP_FORMER = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 2 AND granted AND pid = %s
"""


class SeatTaken(Exception):
    """The seat's lock can't be had now: the database still takes a lost connection for alive."""


class Seat:
    """One writer's seat. `number` is None where there is one writer alone; `is_new` says that its connection is new:
    until now others may have ended its runs."""

    def __init__(self, *, shared: bool) -> None:
        self.number = secrets.randbelow(2**31 - 1) + 1 if shared else None
        self.is_new = False
        self._backend: int | None = None

    def take(self, connection: Any, _: Any) -> None:
        """Takes the seat with a new connection of psycopg's; the former one, where it still lives, is given up.

        Raises: SeatTaken.
        """
        if self._backend is not None:
            connection.execute(GIVE_UP_FORMER, (WRITERS_LOCK, self.number, self._backend))
        for setting in (*NOTICED, f"lock_timeout = {PATIENCE_MS}"):
            connection.execute(f"SET {setting}")
        try:
            connection.execute("SELECT pg_advisory_lock(%s, %s)", (WRITERS_LOCK, self.number))
        except connection.OperationalError as error:
            connection.close()
            raise SeatTaken(str(error)) from error
        connection.execute("SET lock_timeout = DEFAULT")
        connection.commit()
        self._backend = connection.info.backend_pid
        self.is_new = True

    def abandoned(self, connection: Connection) -> ColumnElement[bool]:
        """Which unfinished runs nobody carries on; until the transaction ends nobody can take them up again either."""
        if self.number is None:
            return true()
        others = select(runs.c.agent).where(text(UNFINISHED), runs.c.agent != self.number).distinct()
        gone = [each for each in connection.scalars(others).all() if _lock(connection, each)]
        return or_(runs.c.agent.is_(None), runs.c.agent.in_(gone))

    def asked_to_stop(self, connection: Connection) -> set[str]:
        """The runs of this seat that somebody wants ended."""
        mine = select(runs.c.id).where(text(UNFINISHED), runs.c.agent == self.number, runs.c.stop_asked)
        return set(connection.scalars(mine).all())

    def tidies(self, connection: Connection) -> bool:
        """Whether this writer may tidy up in this transaction: several at once would get in each other's way."""
        return self.number is None or _lock(connection, HOUSEKEEPING)


def _lock(connection: Connection, number: int) -> bool:
    """Whether the lock of that number is this transaction's now."""
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(WRITERS_LOCK, number))))
