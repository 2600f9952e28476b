"""How long runs are kept, and how a deleted run leaves: hidden at once, its rows a few at a time.

So that nobody waits while gigabytes go. Freed pages are used again first; the file then shrinks bit by bit.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, or_, select, true, update

from .schema import events, points, records, runs, series

GIB = 1024**3
SLICE = 500
"""Rows that go in one transaction, so that a frame waits for milliseconds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What is kept: runs finished in the last `days`, the newest `runs` of them, `size_bytes` of them in all.

    None is no bound. The oldest go first; a run that waits or goes on never does.
    """

    days: float | None = 90
    runs: int | None = 1000
    size_bytes: int | None = 2 * GIB


class Clock:
    """The present, which a clock that jumps ahead does not reach: else a wrong date would take every run along."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._ahead = wall() - steady()

    def now(self) -> datetime:
        """What the clock says, or what it should say by now where that is earlier."""
        return datetime.fromtimestamp(min(self._wall(), self._ahead + self._steady()), UTC)


CLOCK = Clock()


class Kept(NamedTuple):
    """What the choice looks at in a finished run."""

    number: int
    finished_at: str
    size_bytes: int


def surplus(policy: Retention, finished: Sequence[Kept], now: datetime) -> list[int]:
    """The numbers of the runs that are kept no longer; `finished` begins with the newest."""
    oldest = timestamp(now - timedelta(days=policy.days)) if policy.days is not None else ""
    gone, size = [], 0
    for place, run in enumerate(finished):
        size += run.size_bytes
        too_many = policy.runs is not None and place >= policy.runs
        too_large = policy.size_bytes is not None and size > policy.size_bytes
        if too_many or too_large or run.finished_at < oldest:
            gone.append(run.number)
    return gone


def retain(connection: Connection, policy: Retention) -> list[int]:
    """Hides what is kept no longer, and gives the numbers."""
    c = runs.c
    finished = select(c.number, c.finished_at, c.size_bytes).where(c.state == "finished", c.removed.is_(False))
    rows = [Kept(*row) for row in connection.execute(finished.order_by(c.number.desc()))]
    gone = surplus(policy, rows, CLOCK.now())
    for number in gone:
        connection.execute(update(runs).where(c.number == number).values(removed=True))
    return gone


def sweep(connection: Connection) -> bool:
    """Removes some rows of a hidden run; whether there was one."""
    nobodys = or_(runs.c.agent.is_(None), runs.c.state == "finished")  # another machine may carry it on yet
    number = connection.execute(select(runs.c.number).where(runs.c.removed.is_(True), nobodys).limit(1)).scalar()
    if number is None:
        return False
    mine = select(series.c.number).where(series.c.run == number).order_by(series.c.number).limit(1)
    first = connection.execute(mine).scalar()
    if first is not None:
        last = connection.scalar(_slice_end(points, points.c.series == first))
        connection.execute(delete(points).where(points.c.series == first, _up_to(points, last)))
        if last is None:
            connection.execute(delete(series).where(series.c.number == first))
        return True
    last = connection.scalar(_slice_end(events, events.c.run == number))
    connection.execute(delete(events).where(events.c.run == number, _up_to(events, last)))
    if last is None:
        connection.execute(delete(records).where(records.c.run == number))
        connection.execute(delete(runs).where(runs.c.number == number))
    return True


def _slice_end(table: Table, condition: ColumnElement[bool]) -> Select[int]:
    """The number in `table` up to which one slice reaches; no row where the rest is less than one."""
    return select(table.c.seq).where(condition).order_by(table.c.seq).offset(SLICE - 1).limit(1)


def _up_to(table: Table, seq: int | None) -> ColumnElement[bool]:
    return true() if seq is None else table.c.seq <= seq


def timestamp(moment: datetime) -> str:
    """A moment as the store writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
