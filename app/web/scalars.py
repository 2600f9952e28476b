"""A run's curves: one series thinned out to what a screen can show, and each series' newest point."""

import json
import math
from typing import Any
from weakref import WeakKeyDictionary

from ..runs.registry import Run

Point = tuple[int, Any]
"""Step and value; the value is a number or the name of what is not one."""


def series(run: Run, tag: str, origin: str | None) -> list[Point]:
    """All points of one series in the order they were told."""
    points: list[Point] = []
    for entry in run.journal.read(limit=run.journal.last):
        if entry.type != "scalars":
            continue
        frame = json.loads(entry.line)
        if frame["tag"] == tag and origin in (None, frame["origin"]):
            points += zip(frame["step"], frame["value"], strict=True)
    return points


def thin(points: list[Point], most: int) -> list[Point]:
    """At most `most` of the points, at least four: both ends, each stretch's lowest, and its highest or non-number."""
    most = max(most, 4)
    if len(points) <= most:
        return points
    inner = points[1:-1]
    stretches = (most - 2) // 2
    kept = [points[0]]
    for number in range(stretches):
        start, end = (len(inner) * place // stretches for place in (number, number + 1))
        kept += _extremes(inner[start:end])
    return [*kept, points[-1]]


def _extremes(stretch: list[Point]) -> list[Point]:
    numbers = [place for place, (_, value) in enumerate(stretch) if _finite(value)]
    strange = next((place for place, (_, value) in enumerate(stretch) if not _finite(value)), None)
    if not numbers:
        return stretch[:1]
    low = min(numbers, key=lambda place: stretch[place][1])
    high = max(numbers, key=lambda place: stretch[place][1])
    return [stretch[place] for place in sorted({high if strange is None else strange, low})]


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


class LastScalars:
    """Each run's newest point by tag, read on from where it was read before."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Run, tuple[int, dict[str, Point]]] = WeakKeyDictionary()

    def of(self, run: Run) -> dict[str, Point]:
        """The newest point of each tag; where a tag has several origins, the one told last."""
        seen, last = self._known.get(run, (0, {}))
        for entry in run.journal.read(seen, run.journal.last):
            seen = entry.seq
            if entry.type == "scalars":
                frame = json.loads(entry.line)
                last |= {frame["tag"]: (frame["step"][-1], frame["value"][-1])} if frame["step"] else {}
        self._known[run] = (seen, last)
        return last
