"""The curves of one program, whatever they come from: `log`, backwards, assigned numbers, printed pairs.

A series is (tag, origin). Only the best origin that is there bears the bare tag `loss`; the others carry a prefix.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from .foresight import ASSIGNED, BACKWARD, LOG, PRINTED, Foresight
from .frames import INTERVAL_S, Frames, Origin, Series
from .instrument import DONE, LOOP, READ, VALUE
from .intact import FOREIGN
from .lengths import Lengths
from .logged import log_for
from .origins import LOSS, Bearer
from .pace import Pace, slowed
from .places import position_of, user_frames
from .printed import Printed
from .provenance import Marks
from .readings import number
from .wording import distance, is_loss

MAX_LIST = 1_000_000


class Curves:
    """Collects the points of one program."""

    def __init__(self, foresight: Foresight, frames: Frames, pace: Pace | None = None) -> None:
        self.failure: BaseException | None = None
        self.frames = frames
        self.step: int | None = None
        """The step of the newest backward: what belongs to it is placed there. None where there was none."""
        self.is_looped = foresight.has_loop
        self._foresight = foresight
        self._pace = pace
        self._bearer = Bearer(foresight.best)
        self.lengths = Lengths(foresight)
        self._roots: dict[str, Series] = {}
        self._names: dict[Any, str] = {}
        self._evaluations: dict[str, Series] = {}
        self._read: list[Series | None] = [None] * len(foresight.reads)
        self._printed: dict[str, Series] = {}
        self._listener = Printed(self._print)
        self._any = False
        self._next_glance = 0.0

    # --- log

    def lent(self) -> Callable[..., None]:
        """`log`, as the program is lent it."""
        return log_for(self.frames, self._begin_logged, self._settle_logged, self._owe if self._pace else None)

    def _begin_logged(self, tag: str, now: float) -> Series:
        series = self._open("log")
        self._look_ahead(series, sys._getframe(2), 1)
        if tag == LOSS:
            self._bearer.enter(series, LOG, LOSS, now)
        else:
            series.name(tag)
        return series

    def _settle_logged(self, logged: list[Series], now: float) -> None:
        caller = sys._getframe(2)
        for series in logged:
            self._look_ahead(series, caller, series.size)
        self._tick(now)

    # --- backwards

    def backward(
        self, value: float, frames: list[FrameType], evaluation: int | None, now: float
    ) -> tuple[Series, bool]:
        """A backward on a one-element root of that value; gives its curve, and whether it is a step of that.

        Shapes: frames from the innermost. `evaluation` counts, from 1, those inside one optimizer's step, or is None.
        """
        name = self._root_name(frames)
        series = self._roots.get(name) or self._begin_root(name, now)
        if evaluation is not None:
            every = self._evaluations.get(name)
            if every is None:
                every = self._evaluations[name] = self.frames.open("backward")
                self._bearer.follow(every, series, "/evaluations")
            every.points.extend((every.size, value, now))
        if evaluation is not None and evaluation > 1:
            return series, False
        self.step = series.size
        self._add(series, self.step, value, now, frames[0] if frames else None)
        return series, True

    def _root_name(self, frames: list[FrameType]) -> str:
        """What the program calls that whose backward it ran."""
        if not frames:
            return LOSS
        key = id(frames[0].f_code), frames[0].f_lasti
        if key not in self._names:
            self._names[key] = self._foresight.backwards.get(position_of(frames[0])[1], LOSS)
        return self._names[key]

    def _begin_root(self, name: str, now: float) -> Series:
        leader = next(iter(self._roots.values()), None)
        series = self._roots[name] = self._open("backward")
        if leader is None:
            self._bearer.enter(series, BACKWARD, "backward/loss", now)
        else:
            self._bearer.follow(series, leader, f"/{name}")
        return series

    # --- assigned

    def complete(self, marks: Marks) -> Marks:
        """The marks with those at assignments to names of losses and at loops; in slow motion they let a step pass."""
        slow = {} if self._pace is None else {name: slowed(marks[name], self._pace) for name in (VALUE, DONE)}
        return {**marks, **slow, READ: self._reader(), LOOP: self.lengths.mark()}

    def _reader(self) -> Callable[[Any, int], None]:
        add, with_grad = self._assign, not self._foresight.backwards

        def read(value: Any, at: int) -> None:
            try:
                found = number(value, with_grad=with_grad)
                if found is not None:
                    add(at, found)
            except RecursionError:  # the program is at the limit, and the mark a little deeper
                pass
            except FOREIGN as error:
                self.failure = self.failure or error

        return read

    def _assign(self, at: int, value: float) -> None:
        now = self.frames.clock()
        series = self._read[at] or self._begin_read(at, now)
        self._add(series, series.size, value, now, sys._getframe(2))

    def _begin_read(self, at: int, now: float) -> Series:
        read = self._foresight.reads[at]
        reads = self._foresight.reads[:at]
        doubled = any(each.name == read.name and self._read[place] for place, each in enumerate(reads))
        tag = f"assigned/{read.function}.{read.name}" if doubled and read.function else f"assigned/{read.name}"
        series = self._read[at] = self._open("assigned")
        if read.rank is None:
            series.name(tag)
        else:
            self._bearer.enter(series, read.rank, tag, now)
        return series

    # --- printed

    def heard(self, data: bytes) -> None:
        """What the program wrote to standard output."""
        try:
            if self._listener.rest or b"=" in data or b":" in data or not data.endswith(b"\n"):
                self._listener.feed(data)
        except FOREIGN as error:
            self.failure = self.failure or error

    def _print(self, name: str, value: float, step: int | None) -> None:
        now = self.frames.clock()
        series = self._printed.get(name)
        if series is None:
            series = self._printed[name] = self._open("stdout")
            if is_loss(name):
                self._bearer.enter(series, (PRINTED, distance(name), len(self._printed)), f"stdout/{name}", now)
            else:
                series.name(f"stdout/{name}")
        step = series.last + 1 if step is None or step <= series.last else step
        series.last = step
        self._add(series, step, value, now, sys._getframe(1))

    # --- all of them

    def _open(self, origin: Origin) -> Series:
        self._any = True
        return self.frames.open(origin)

    @property
    def is_slow(self) -> bool:
        """Whether each point is to be settled: in slow motion, and while a series waits for its tag."""
        return self._pace is not None or self._bearer.waits

    def _add(self, series: Series, step: int, value: float, now: float, place: FrameType | None) -> None:
        series.points.extend((step, value, now))
        if now >= self.frames.due or not series.ahead or self.is_slow:
            self.settle(series, now, place)

    def settle(self, series: Series, now: float, place: FrameType | None) -> None:
        """Sees to what a new point of the series calls for, beside being held; `place` is where the program is."""
        self._owe(series)
        self._look_ahead(series, place, series.size)
        self._tick(now)

    def _owe(self, *added: Series) -> None:
        if self._pace is not None and any(series.paced for series in added):
            self._pace.owed = True

    def _look_ahead(self, series: Series, place: FrameType | None, size: int) -> None:
        """Learns how many points the series will have, where that is not known for this size."""
        if size <= series.ahead:
            return
        varies = series.origin == "log" and self._foresight.spreads
        around = None if varies else self.lengths.around(user_frames(place))
        if around is None:
            series.total, series.ahead = None, sys.maxsize
            return
        times, in_loop = around
        series.ahead = max(series.ahead + times, size)
        series.total = series.ahead if in_loop or series.total is not None else None

    def _tick(self, now: float) -> None:
        if self._bearer.waits:
            self._bearer.check(now)
        self.frames.tick(now)

    def glance(self) -> None:
        """A sign of life of the program: sends what has been held long enough."""
        now = self.frames.clock()
        if now < self._next_glance:
            return
        self._next_glance = now + INTERVAL_S
        try:
            self._tick(now)
        except RecursionError:  # as in the mark that reads
            pass
        except FOREIGN as error:
            self.failure = self.failure or error

    def finish(self, top: dict[str, Any]) -> None:
        """The program is over: sends all that is left. Where there is no curve at all, a list of losses is one."""
        if not self._any:
            self._lists(top)
        self._bearer.choose()
        self.frames.flush(self.frames.clock())

    def _lists(self, top: dict[str, Any]) -> None:
        now = self.frames.clock()
        for order, (name, value) in enumerate(top.items()):
            if type(value) is not list or type(name) is not str or not 1 < len(value) <= MAX_LIST or not is_loss(name):
                continue
            numbers = [number(each) for each in value]
            if None in numbers:
                continue
            series = self.frames.open("assigned")
            series.points.extend(part for step, each in enumerate(numbers) for part in (step, each, now))
            self._bearer.enter(series, (ASSIGNED, distance(name), order), f"assigned/{name}", now)
