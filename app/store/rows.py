"""Values <-> rows: what the writer puts into a row, and what a row says to a reader. Does nothing by itself."""

import math
from array import array
from typing import Any

from sqlalchemy import Row

from ..events import Finished, Outcome, Preset, Started, decode
from .record import Record, Series
from .schema import runs
from .tally import Tally

FIGURES = ("count", "total", "first_step", "last_step", "min_value", "min_step", "first_wall_ms", "last_wall_ms")
RECORD = tuple(runs.c[name] for name in Record.__slots__)
"""The columns of a record."""


def new_run(record: Record, size_bytes: int) -> dict[str, Any]:
    """The row of a run before its first line."""
    row = {name: getattr(record, name) for name in Record.__slots__}
    return {**row, "size_bytes": size_bytes, "removed": False}


def record_of(row: Row[Any]) -> Record:
    """The run that a row holds."""
    fields = dict(row._mapping)
    outcome = fields["outcome"]
    return Record(
        **{**fields, "preset": Preset(fields["preset"]), "outcome": None if outcome is None else Outcome(outcome)}
    )


def state(line: bytes, at: str) -> dict[str, Any]:
    """What a run's first or last line, told at the moment `at`, changes in its row. Raises: WireError."""
    event = decode(line, Started | Finished)
    if isinstance(event, Started):
        return {"state": "running", "started_at": event.started_at}
    return {
        "state": "finished",
        "outcome": event.outcome,
        "detail": event.detail,
        "wall_ms": event.wall_ms if math.isfinite(event.wall_ms) else None,
        "finished_at": at,
    }


def figures(tally: Tally) -> dict[str, Any]:
    """A series' row, without what names it."""
    return {
        **{name: getattr(tally, name) for name in FIGURES},
        "last_value": None if math.isnan(tally.last_value) else tally.last_value,
        "stride": tally.stride,
        "sparkline": array("d", tally.sparkline).tobytes(),
    }


def tally_of(row: Row[Any]) -> Tally:
    """The figures of a series, to be counted on."""
    kept = {name: getattr(row, name) for name in FIGURES if name != "count"}  # a row's own `count` is its method
    return Tally(
        count=row._mapping["count"],
        **kept,
        last_value=_number(row.last_value),
        stride=row.stride,
        sparkline=list(_numbers(row.sparkline)),
    )


def series_of(row: Row[Any]) -> Series:
    """The figures of a series, to be shown."""
    tally = tally_of(row)
    kept = {name: getattr(tally, name) for name in FIGURES}
    return Series(tag=row.tag, origin=row.origin, **kept, last_value=tally.last_value, sparkline=tuple(tally.sparkline))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _numbers(packed: bytes) -> "array[float]":
    numbers = array("d")
    numbers.frombytes(packed)
    return numbers
