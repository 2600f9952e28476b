"""What the store keeps and gives back, as plain values. Knows nothing of databases."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..events import Outcome, Preset

State = Literal["queued", "running", "finished"]
ORIGINS = ("log", "backward", "optimizer", "assigned", "stdout")
"""Where a series came from, best first: what a script says itself goes before what was seen of it."""
SPARKLINE = 64
"""The most points of a sparkline."""


class Entry(NamedTuple):
    """One event as it travels; `seq` counts the run's events from 1."""

    seq: int
    type: str
    line: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run, without its events.

    Units: times are ISO 8601, UTC, to the millisecond; `size_bytes` is what the run takes up: source, lines, points.
    `last_seq` is its newest event's number, 0 before the first.
    """

    id: str
    title: str | None = None
    group: str | None = None
    owner: str | None = None
    preset: Preset
    source: str
    steps_per_s: float | None = None
    state: State = "queued"
    outcome: Outcome | None = None
    detail: str | None = None
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    wall_ms: float | None = None
    last_seq: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The figures of one series of points, a (tag, origin), kept while it grows so that no list reads points.

    `total` is how many points the loop will give, None where unknown; `min_value` is the least finite value and
    `min_step` where it first was; `sparkline` holds at most 64 values, evenly spaced over the points there are.
    """

    tag: str
    origin: str
    count: int
    total: int | None
    first_step: int
    last_step: int
    last_value: float
    min_value: float | None
    min_step: int | None
    first_wall_ms: float
    last_wall_ms: float
    sparkline: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points of one series, thinned out; `total` is how many there are in the range asked for."""

    steps: list[int]
    values: list[float]
    total: int
    origin: str | None
