"""The figures of a series while it grows, in numbers that do not grow with it. Knows nothing of databases."""

import math
from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from ..events import Scalars
from .record import SPARKLINE

LAST_INTEGER = 2**63 - 1


@dataclass(slots=True)
class Tally:
    """One series so far; the fields are those of `record.Series`. The sparkline has every `stride`-th point."""

    count: int = 0
    total: int | None = None
    first_step: int = 0
    last_step: int = 0
    last_value: float = math.nan
    min_value: float | None = None
    min_step: int | None = None
    first_wall_ms: float = 0.0
    last_wall_ms: float = 0.0
    stride: int = 1
    sparkline: list[float] = field(default_factory=list)

    def add(self, frame: Scalars) -> "Frame | None":
        """Counts a frame in and gives its numbers packed; None where it has no point."""
        size = min(len(frame.step), len(frame.value), len(frame.wall_ms))
        if not size:
            return None
        steps = [min(step, LAST_INTEGER) for step in frame.step[:size]]
        values, walls = frame.value[:size], [wall if math.isfinite(wall) else 0.0 for wall in frame.wall_ms[:size]]
        if not self.count:
            self.first_step, self.first_wall_ms = steps[0], walls[0]
        self.last_step, self.last_value, self.last_wall_ms = steps[-1], values[-1], walls[-1]
        self.total = None if frame.total is None else min(frame.total, LAST_INTEGER)
        self._take_least(steps, values)
        self._draw(values)
        self.count += size
        return Frame(min(steps), max(steps), array("q", steps).tobytes(), array("d", values).tobytes())

    def _take_least(self, steps: list[int], values: tuple[float, ...]) -> None:
        least = min(filter(math.isfinite, values), default=None)
        if least is not None and (self.min_value is None or least < self.min_value):
            self.min_value, self.min_step = least, steps[values.index(least)]

    def _draw(self, values: tuple[float, ...]) -> None:
        for place in range(-self.count % self.stride, len(values), self.stride):
            if (self.count + place) % self.stride:
                continue
            self.sparkline.append(values[place])
            if len(self.sparkline) > SPARKLINE:
                del self.sparkline[1::2]
                self.stride *= 2


class Frame(NamedTuple):
    """A frame's numbers as they are stored: int64 and float64, little-endian on every machine this runs on."""

    low_step: int
    high_step: int
    steps: bytes
    values: bytes
