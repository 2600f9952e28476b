"""One batch of the writer: operations in their order, as few statements of one transaction.

Belongs to the writer's thread. Knows nothing of threads, of committing and of failing.
"""

import logging
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, bindparam, insert, select, update

from ..events import Finished, Outcome, Scalars, Started, WireError, decode, encode
from ..events import Record as GraphRecord
from .record import Record
from .retention import Retention, retain
from .rows import figures, new_run, state, tally_of
from .schema import events, plain, points, records, runs, series
from .seat import Seat
from .tally import Tally

MOST_SERIES = 1000
"""Series of one run that have a curve; those beyond are kept as events alone."""
STATES = (Started.type, Finished.type)
CUT_OFF = (
    "The server's disk could not take what this run told, so it was cut off here; what came before is kept. Make room "
    "on that disk, then run it again."
)


class Told(NamedTuple):
    """A line to keep; `at` is when it was told."""

    run_id: str
    seq: int
    type: str
    line: bytes
    at: str


class Renamed(NamedTuple):
    """A run to have another title."""

    run_id: str
    title: str | None


class Deleted(NamedTuple):
    """A run to go."""

    run_id: str


class Asked(NamedTuple):
    """A run to be ended by whoever carries it on."""

    run_id: str


Change = Record | Renamed | Deleted | Asked | Retention
Operation = Told | Change


@dataclass(slots=True)
class Book:
    """What the writer knows of a run under way."""

    number: int
    last_seq: int
    size_bytes: int
    series: dict[tuple[str, str], tuple[int, Tally]] = field(default_factory=dict)


class Books:
    """The runs under way as the database has them, and the rows of the batch at hand.

    `cut` are runs that lost lines: of those only the last is still taken, and says that the run was interrupted. New
    runs are those of this `seat`.
    """

    def __init__(self, seat: Seat | None = None) -> None:
        self.cut: set[str] = set()
        self._seat = seat or Seat(shared=False)
        self._known: dict[str, Book] = {}
        self._begin()

    def forget(self) -> None:
        """Takes nothing for granted any more: the database did not take the batch."""
        self._known.clear()

    def look_again(self, connection: Connection) -> set[str]:
        """Looks at each run under way as it is now; gives those that others ended."""
        before = set(self._known)
        self._known.clear()
        return {run_id for run_id in before if self._book(connection, run_id) is None}

    def write(self, connection: Connection, operations: list[Operation]) -> dict[str, int]:
        """Carries the operations out; gives the newest number of each run that has new lines."""
        self._begin()
        news: dict[str, int] = {}
        for operation in operations:
            if isinstance(operation, Told):
                seq = self._tell(connection, operation)
                news |= {operation.run_id: seq} if seq else {}
            else:
                self._flush(connection)
                self._change(connection, operation)
        self._flush(connection)
        return news

    def _begin(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._points: list[dict[str, Any]] = []
        self._grown: dict[int, Tally] = {}
        self._touched: dict[int, Book] = {}

    def _change(self, connection: Connection, change: Change) -> None:
        if isinstance(change, Retention):
            if self._seat.tidies(connection):
                retain(connection, change)
        elif isinstance(change, Record):
            self._create(connection, change)
        elif isinstance(change, Renamed):
            connection.execute(update(runs).where(runs.c.id == change.run_id).values(title=change.title))
        elif isinstance(change, Asked):
            connection.execute(update(runs).where(runs.c.id == change.run_id).values(stop_asked=True))
        else:
            connection.execute(update(runs).where(runs.c.id == change.run_id).values(removed=True, stop_asked=True))
            self._known.pop(change.run_id, None)

    def _create(self, connection: Connection, record: Record) -> None:
        if connection.execute(select(runs.c.number).where(runs.c.id == record.id)).first() is not None:
            return
        size = len(record.source.encode("utf-8", "surrogatepass"))
        number = _added(connection.execute(insert(runs).values(**new_run(record, size), agent=self._seat.number)))
        self._known[record.id] = Book(number, record.last_seq, size)

    def _tell(self, connection: Connection, told: Told) -> int | None:
        """Adds a line; gives its number, None where it is not taken."""
        book = self._book(connection, told.run_id)
        if told.type == GraphRecord.type:
            self._keep(connection, book, told)
            return None
        if book is not None and told.run_id in self.cut:
            told = _cut_off(told, book)
        if book is None and told.type == Finished.type:
            deleted = (runs.c.id == told.run_id, runs.c.removed)  # by another machine: its rows may go now
            connection.execute(update(runs).where(*deleted).values(state="finished"))
        if book is None or told.seq <= book.last_seq:
            return None
        self._events.append({"run": book.number, "seq": told.seq, "type": told.type, "line": told.line})
        book.last_seq = told.seq
        book.size_bytes += len(told.line)
        self._touched[book.number] = book
        if told.type == Scalars.type:
            self._draw(connection, book, told)
        elif told.type in STATES:
            self._turn(connection, book, told)
        return told.seq

    def _keep(self, connection: Connection, book: Book | None, told: Told) -> None:
        """Adds a graph's record, where the run goes on and lost nothing."""
        if book is None or told.run_id in self.cut:
            return
        graph = decode(told.line, GraphRecord).graph
        c = records.c
        if connection.execute(select(c.number).where(c.run == book.number, c.graph == graph)).first() is None:
            connection.execute(insert(records).values(run=book.number, graph=graph, line=told.line))
            book.size_bytes += len(told.line)
            self._touched[book.number] = book

    def _turn(self, connection: Connection, book: Book, told: Told) -> None:
        """The run begins or ends."""
        self._flush(connection)
        connection.execute(update(runs).where(runs.c.number == book.number).values(state(told.line, told.at)))
        if told.type == Finished.type:
            self._known.pop(told.run_id)

    def _draw(self, connection: Connection, book: Book, told: Told) -> None:
        """Adds a frame to its series."""
        try:
            frame = decode(told.line, Scalars)
        except WireError as error:
            logging.getLogger(__name__).warning(
                "run %s: line %d has no points to keep: %s", *told[:2], error, extra={"run_id": told.run_id}
            )
            return
        key = plain(frame.tag), frame.origin
        number, tally = book.series.get(key) or (None, Tally())
        packed = tally.add(frame)
        if packed is None or (number is None and len(book.series) >= MOST_SERIES):
            return
        if number is None:
            row = {"run": book.number, "tag": key[0], "origin": key[1], **figures(tally)}
            number = _added(connection.execute(insert(series).values(row)))
            book.series[key] = number, tally
        self._grown[number] = tally
        self._points.append({"series": number, "seq": told.seq, **packed._asdict()})
        book.size_bytes += len(packed.steps) + len(packed.values)

    def _flush(self, connection: Connection) -> None:
        if self._events:
            connection.execute(insert(events), self._events)
        if self._points:
            connection.execute(insert(points), self._points)
        if self._grown:
            grown = [{"of": number, **figures(tally)} for number, tally in self._grown.items()]
            connection.execute(update(series).where(series.c.number == bindparam("of")), grown)
        if self._touched:
            sizes = [
                {"of": number, "last_seq": book.last_seq, "size_bytes": book.size_bytes}
                for number, book in self._touched.items()
            ]
            connection.execute(update(runs).where(runs.c.number == bindparam("of")), sizes)
        self._begin()

    def _book(self, connection: Connection, run_id: str) -> Book | None:
        """The run, where it is under way."""
        if run_id not in self._known:
            c = runs.c
            mine = (c.id == run_id, c.state != "finished", c.removed.is_(False))
            row = connection.execute(select(c.number, c.last_seq, c.size_bytes).where(*mine)).first()
            if row is None:
                return None
            drawn = connection.execute(select(series).where(series.c.run == row.number))
            book = Book(*row, series={(one.tag, one.origin): (one.number, tally_of(one)) for one in drawn})
            self._known[run_id] = book
        return self._known[run_id]


def _added(done: CursorResult[Any]) -> int:
    """The number that the new row counted for itself."""
    number: int = done.inserted_primary_key[0]  # type: ignore[index]  # an insert of one row has it
    return number


def _cut_off(told: Told, book: Book) -> Told:
    """The line of a run that lost some: only its last is taken, next to what is kept, as that of an interrupted run."""
    if told.type not in STATES:
        return told._replace(seq=0)
    line = told.line
    if told.type == Finished.type:
        event = decode(line, Finished)
        said = event.outcome is Outcome.INTERRUPTED
        detail = event.detail if said else CUT_OFF
        line = encode(replace(event, outcome=Outcome.INTERRUPTED, detail=detail, events=book.last_seq))
    return told._replace(seq=book.last_seq + 1, line=line)
