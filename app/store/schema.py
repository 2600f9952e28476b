"""The tables. A run has a number of its own there, by which its events stand in order and its list is sorted.

One row per event line, ordinary rowid tables: with rows of kilobytes WITHOUT ROWID takes three times the room. A
frame's points are kept a second time as packed numbers, so that a curve is read without parsing lines. Whoever changes
a table adds a migration; a test holds both together.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

REVISION = "0005"
"""The newest migration."""
Number = BigInteger().with_variant(Integer(), "sqlite")
"""A key that counts by itself, which SQLite does for its own integers only."""
RARE = "type NOT IN ('scalars', 'tensor', 'backward', 'stdout', 'stderr')"
"""The events a run has few of. The index and those who want it say so in the same words."""

UNFINISHED = "state <> 'finished'"
"""The few runs that wait or go on, in the words of their index."""


def plain(words: str) -> str:
    """The text as every database can keep it: without lone surrogates and NULs."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


class Words(TypeDecorator[str]):
    """Text that a person or a program chose."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """What is stored."""
        return None if value is None else plain(value)


class Source(TypeDecorator[str]):
    """A program's text, exactly as it came."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """What is stored."""
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        """What was stored."""
        return None if value is None else value.decode("utf-8", "surrogatepass")


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Words),
    Column("group", Words, index=True),
    Column("owner", Words, index=True, doc="the user who began it, where a proxy names users"),
    Column("preset", Text, nullable=False),
    Column("source", Source, nullable=False),
    Column("steps_per_s", Double),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("detail", Words),
    Column("created_at", Text, nullable=False),
    Column("started_at", Text),
    Column("finished_at", Text),
    Column("wall_ms", Double),
    Column("last_seq", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("removed", Boolean, nullable=False, doc="deleted for everybody; its rows go a few at a time"),
    Column("agent", Integer, doc="the seat of who carries it on, where several write one database"),
    Column("stop_asked", Boolean, nullable=False, server_default=false(), doc="whoever carries it on should end it"),
)
Index("runs_unfinished", runs.c.agent, sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED))

events = Table(
    "events",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("line", LargeBinary, nullable=False),
    UniqueConstraint("run", "seq", name="events_run_seq"),
)
Index("events_rare", events.c.run, events.c.type, events.c.seq, sqlite_where=text(RARE), postgresql_where=text(RARE))

series = Table(
    "series",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", BigInteger, nullable=False),
    Column("tag", Words, nullable=False),
    Column("origin", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("first_step", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("last_value", Double, doc="NULL where it is NaN, which SQLite cannot keep"),
    Column("min_value", Double),
    Column("min_step", BigInteger),
    Column("first_wall_ms", Double, nullable=False),
    Column("last_wall_ms", Double, nullable=False),
    Column("stride", BigInteger, nullable=False, doc="the sparkline has every so manieth point"),
    Column("sparkline", LargeBinary, nullable=False),
    UniqueConstraint("run", "tag", "origin", name="series_run_tag_origin"),
)

points = Table(
    "points",
    metadata,
    Column("number", Number, primary_key=True),
    Column("series", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("low_step", BigInteger, nullable=False),
    Column("high_step", BigInteger, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Column("values", LargeBinary, nullable=False),
    UniqueConstraint("series", "seq", name="points_series_seq"),
)

records = Table(
    "records",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", BigInteger, nullable=False),
    Column("graph", Integer, nullable=False),
    Column("line", LargeBinary, nullable=False, doc="all of a graph that its event has no room for"),
    UniqueConstraint("run", "graph", name="records_run_graph"),
)

shelf = Table(
    "shelf",
    metadata,
    Column("id", Text, primary_key=True),
    Column("expires_at", Double, nullable=False, index=True, doc="seconds of the database's own clock"),
    Column("size", BigInteger, nullable=False),
    Column("kept", LargeBinary, nullable=False, doc="what was typed and all it told, whole"),
)
"""Used where several machines share PostgreSQL; what crashes with the database is typed again."""
