"""Points of curves on their way out: collected into frames, so that a loop of 10,000 steps a second is not slowed.

A frame of everything held leaves at once while there is credit: ten in a row, then one every 50 ms. Knows nothing of
where points come from.
"""

import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any, Literal

from ..events import Scalars, encode, fits

Origin = Literal["log", "backward", "optimizer", "assigned", "stdout"]
INTERVAL_S = 0.05
AT_ONCE = 10
MAX_FRAME = 5_000
MAX_SERIES = 1_000
MAX_TAG = 200
ENDINGS = (signal.SIGTERM, signal.SIGXCPU)

_hold = signal.pthread_sigmask
"""Kept from before the learner's program could replace it."""


class Series:
    """One curve. `points` is flat: step, value, moment, step, … A series without a tag waits to be given one."""

    __slots__ = ("ahead", "head", "last", "origin", "paced", "points", "sent", "tag", "total")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.tag: str | None = None
        self.points: list[Any] | deque[Any] = []
        self.sent = 0
        self.last = -1
        """The newest step, where steps are read from text."""
        self.total: int | None = None
        """How many points there will be in all, where known; it holds up to a size of `ahead`."""
        self.ahead = 0
        self.head = b""
        self.paced = False

    @property
    def size(self) -> int:
        """Points so far."""
        return self.sent + len(self.points) // 3

    @property
    def is_curve(self) -> bool:
        """Whether it is worth telling: what was printed once, such as a total, is no curve."""
        return self.origin != "stdout" or self.size > 1

    def name(self, tag: str) -> None:
        """Gives the series its tag, for good."""
        self.tag = fits(tag, MAX_TAG)
        empty = Scalars(tag=self.tag, origin=self.origin, step=(), value=(), wall_ms=())
        self.head = encode(empty).partition(b'"step":[]')[0]


class Frames:
    """All series of one program. `send` takes encoded events, a line each."""

    def __init__(self, send: Callable[[bytes], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.due = 0.0
        """The moment from which on a frame may leave."""
        self.send = send
        self._started = clock()
        self._credit_from = 0.0
        self._open: list[Series] = []

    def open(self, origin: Origin, tag: str | None = None) -> Series:
        """A new series; without a tag it waits. Past a bound further ones are collected nowhere."""
        series = Series(origin)
        if tag is not None:
            series.name(tag)
        if len(self._open) < MAX_SERIES:
            self._open.append(series)
        else:
            series.points = deque(maxlen=0)
        return series

    def tick(self, now: float) -> None:
        """Sends what is held if it is time."""
        if now >= self.due:
            self.flush(now)

    def flush(self, now: float) -> None:
        """Sends what is held, whole: a stop that comes meanwhile waits."""
        with _held_back():
            full = [series for series in self._open if series.points and series.tag and series.is_curve]
            lines = [line for series in full for line in self._lines(series)]
            if not lines:
                return
            self.send(b"\n".join(lines))
            for series in full:  # not before: at the recursion limit sending can fail
                series.sent += len(series.points) // 3
                series.points.clear()
            self._credit_from = max(self._credit_from, now) + INTERVAL_S
            self.due = self._credit_from - (AT_ONCE - 1) * INTERVAL_S

    def _lines(self, series: Series) -> list[bytes]:
        points = list(series.points)
        total = b"null" if series.total is None else b"%d" % series.total
        lines = []
        for start in range(0, len(points), 3 * MAX_FRAME):
            steps, values, moments = (points[start + place : start + 3 * MAX_FRAME : 3] for place in range(3))
            times = [int((moment - self._started) * 100_000) / 100 for moment in moments]
            columns = [text.replace(", ", ",").encode() for text in (repr(steps), _numbers(values), repr(times))]
            lines.append(series.head + b'"step":%b,"value":%b,"wall_ms":%b,"total":%b}' % (*columns, total))
        return lines


def _numbers(values: list[float]) -> str:
    """Floats as JSON; Python writes finite ones as JSON does."""
    if isfinite(sum(values)):
        return repr(values)
    names = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}
    return f"[{','.join([names.get(repr(value), repr(value)) for value in values])}]"


@contextmanager
def _held_back() -> Iterator[None]:
    """Holds back the signals that end a program, so that no point is lost or told twice."""
    before = _hold(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        _hold(signal.SIG_SETMASK, before)
