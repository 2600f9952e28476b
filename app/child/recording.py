"""Which of a program's backwards are recorded: the first, some of those between, the last where it is known, odd ones.

A record costs as much as several steps, so there is a budget. Odd ones have a budget of their own of the same size: a
structure that is new, numbers that are not finite, a graph that cannot be gone through. Knows nothing of torch.
"""

import math
import sys
from types import FrameType

from ..events import Recording, Rerun
from .lengths import Lengths

Place = tuple[int, int]
"""A code object and where in it the program is."""
FIRST = 4
"""Backwards recorded from the start of a program."""
PER_OCTAVE = 8
"""Recorded each time their number doubles, where it is not known how many there will be."""
IN_A_ROW = 3
"""Backwards with numbers that are not finite, one after another, that are recorded."""


class Reached(BaseException):
    """Ends a program that is run again for one backward, which is over."""


class Recordings:
    """The records of one program. With a `rerun` only the backward it names is recorded."""

    def __init__(self, budget: Recording, lengths: Lengths, rerun: Rerun | None = None) -> None:
        self.budget = budget
        self.due = rerun.backward if rerun is not None else 1 if budget.backwards else sys.maxsize
        """The number of the next backward that is recorded whatever it is."""
        self._lengths = lengths
        self.rerun = rerun
        self._left = self._odd_left = budget.backwards
        self._nonfinite = 0
        self._totals: dict[Place, int | None] = {}
        """Where backwards run -> how many there will be, as the loops around say."""
        self._plan = 0, 1
        """How many backwards are expected in all, and how far apart they are recorded for it."""

    def wants(self, number: int, frames: list[FrameType], *, is_new: bool, is_finite: bool) -> bool:
        """Whether the backward of this number is recorded; asked once for each that is read.

        Shapes: frames from the innermost. `is_finite` says that its root is, and the gradients before it were.
        """
        if self.rerun is not None:
            return number == self.rerun.backward
        self._nonfinite = 0 if is_finite else self._nonfinite + 1
        if self._left > 0 and (number >= self.due or _place(frames) not in self._totals):
            self._left -= 1
            self.due = self._next(number, frames) if self._left else sys.maxsize
            return True
        return (is_new or 0 < self._nonfinite <= IN_A_ROW) and self.wants_odd()

    def wants_odd(self) -> bool:
        """Whether one more is recorded out of the common order."""
        if self.rerun is not None or self._odd_left <= 0:
            return False
        self._odd_left -= 1
        return True

    def lets_pass(self, number: int, root: float | None) -> bool:
        """Whether a backward that repeats others need not be read. Written for speed: it is asked at every step."""
        if number >= self.due:
            return False
        if root is None or math.isfinite(root) or self.rerun is not None:
            return True
        return self._nonfinite >= IN_A_ROW or self._odd_left <= 0

    def _next(self, number: int, frames: list[FrameType]) -> int:
        around = self._lengths.around(frames)
        self._totals[_place(frames)] = None if around is None else around[0]
        if number < FIRST:
            return number + 1
        totals = list(self._totals.values())
        expected = 0 if None in totals else sum(each for each in totals if each is not None)
        if expected <= number:
            return number + max(1, number // max(1, min(PER_OCTAVE, self._left // 7)))
        if expected != self._plan[0]:  # a part of what is left: each costs some steps, and another loop may follow
            self._plan = expected, math.ceil((expected - number) / min(self._left, max(1, self._left // 9)))
        return min(expected, number + self._plan[1])


def _place(frames: list[FrameType]) -> Place:
    return (id(frames[0].f_code), frames[0].f_lasti) if frames else (0, 0)
