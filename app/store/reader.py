"""What is on record, for any number of threads at once. Reads alone, and never holds up the writer.

A database that isn't there yet has no runs: its writer makes it. Knows nothing of HTTP.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from .database import StoreError, file_of, open_reader, unusable
from .points import unpack
from .record import ORIGINS, Curve, Entry, Record, Series
from .rows import RECORD, record_of, series_of
from .schema import RARE, REVISION, events, points, records, runs, series
from .upgrading import newer, revision_of

UPGRADING = "The record of runs is being brought to a newer version. Try again in a moment."
COMMON = ("scalars", "tensor", "backward", "stdout", "stderr")


class Reader:
    """Reads the record of runs. Every method raises StoreError where the database can't be read."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_reader(url)
        self._ready = False

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    def record(self, run_id: str) -> Record | None:
        """The run with this id, None where there is none."""
        rows = self._read(select(*RECORD).where(runs.c.id == run_id, _kept()))
        return record_of(rows[0]) if rows else None

    def records(
        self, limit: int, before: str | None = None, group: str | None = None, owner: str | None = None
    ) -> list[Record]:
        """Runs, newest first: those begun before the run `before`, those of a group, those of a user.

        A deleted `before` gives none.
        """
        chosen = select(*RECORD).where(_kept()).order_by(runs.c.number.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(runs.c.number < _number(before))
        if group is not None:
            chosen = chosen.where(runs.c.group == group)
        if owner is not None:
            chosen = chosen.where(runs.c.owner == owner)
        return [record_of(row) for row in self._read(chosen)]

    def series(self, run_ids: Sequence[str]) -> dict[str, list[Series]]:
        """The series of each run, in the order in which they began."""
        drawn = select(runs.c.id, series).join(runs, runs.c.number == series.c.run)
        chosen = drawn.where(runs.c.id.in_(run_ids), _kept()).order_by(series.c.number)
        found: dict[str, list[Series]] = {run_id: [] for run_id in run_ids}
        for row in self._read(chosen):
            found[row.id].append(series_of(row))
        return found

    def entries(self, run_id: str, after: int, limit: int = 1000, most_bytes: int = 1 << 20) -> list[Entry]:
        """Events numbered above `after`, at most `limit`; no more once they have `most_bytes`."""
        if not self._is_ready():
            return []
        c = events.c
        chosen = select(c.seq, c.type, c.line).where(c.run == _number(run_id), c.seq > after)
        found: list[Entry] = []
        size = 0
        with self._connect() as connection, connection.execute(chosen.order_by(c.seq).limit(limit)) as rows:
            for row in rows:
                found.append(Entry(*row))
                size += len(row.line)
                if size >= most_bytes:
                    break
        return found

    def nth(self, run_id: str, type: str, index: int) -> bytes | None:
        """The line of a run's event of that kind, counted from 0; quick for kinds a run has few of."""
        c = events.c
        chosen = select(c.line).where(c.run == _number(run_id), c.type == type)
        if type not in COMMON:
            chosen = chosen.where(text(RARE))
        rows = self._read(chosen.order_by(c.seq).offset(index).limit(1))
        return bytes(rows[0].line) if rows else None

    def graph_record(self, run_id: str, graph: int) -> bytes | None:
        """The line that holds all of a large graph; None where its event does."""
        c = records.c
        rows = self._read(select(c.line).where(c.run == _number(run_id), c.graph == graph))
        return bytes(rows[0].line) if rows else None

    def curve(
        self,
        run_id: str,
        tag: str,
        origin: str | None = None,
        points: int = 2000,
        start: int | None = None,
        end: int | None = None,
    ) -> Curve:
        """At most `points` points of one series with steps from `start` to `end`; without `origin` the best there is.

        `total` counts the points in that range. A series that doesn't exist has none.
        """
        drawn = select(series.c.number, series.c.origin).where(series.c.run == _number(run_id), series.c.tag == tag)
        found = {row.origin: row.number for row in self._read(drawn)}
        best = origin or min(found, key=_rank, default=None)
        if best not in found:
            return Curve(steps=[], values=[], total=0, origin=origin)
        frames = self._read(_frames(found[best], start, end))
        steps, values = (b"".join(column) for column in zip(*frames, strict=True)) if frames else (b"", b"")
        shown, there, total = unpack(steps, values, start, end, points)
        return Curve(steps=shown, values=there, total=total, origin=best)

    def _read(self, statement: Select[Any]) -> Sequence[Any]:
        if not self._is_ready():
            return []
        with self._connect() as connection:
            return connection.execute(statement).all()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, TimeoutError) as error:
            raise unusable(self._url, error) from error

    def _is_ready(self) -> bool:
        """Whether the database is there. Raises: StoreError where its schema isn't the one this version reads."""
        if self._ready:
            return True
        path = file_of(self._url)
        if path is not None and not path.exists():
            return False
        with self._connect() as connection:
            self._ready = _is_current(connection)
        return self._ready


def _is_current(connection: Connection) -> bool:
    present = revision_of(connection)
    if present is not None and present > REVISION:
        raise StoreError(newer(present))
    if present is not None and present < REVISION:
        raise StoreError(UPGRADING)
    return present is not None


def _kept() -> ColumnElement[bool]:
    return runs.c.removed.is_(False)


def _number(run_id: str) -> ColumnElement[int]:
    return select(runs.c.number).where(runs.c.id == run_id, _kept()).scalar_subquery()


def _frames(number: int, start: int | None, end: int | None) -> Select[Any]:
    c = points.c
    frames = select(c.steps, c["values"]).where(c.series == number)
    if start is not None:
        frames = frames.where(c.high_step >= start)
    if end is not None:
        frames = frames.where(c.low_step <= end)
    return frames.order_by(c.seq)


def _rank(origin: str) -> int:
    return ORIGINS.index(origin) if origin in ORIGINS else len(ORIGINS)
