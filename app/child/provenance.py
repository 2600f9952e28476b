"""Autograd's sequence numbers -> where in the learner's source, and in which module, a node was made.

Every node made between two readings of the counter has a number between them, so the marks that `instrument` put into
the program, and calls of modules, only note where the counter stood. Knows nothing of graphs.
"""

import builtins
import sys
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import numpy as np

from .instrument import DONE, ENTER, EXIT, LEAVE, LOOP, READ, VALUE, Site
from .intact import FOREIGN
from .looks import Looks
from .modules import Modules
from .tiling import MAX_SPANS, NOWHERE, Numbers, Tiling, sequence_nr

TOO_DEEP = RecursionError
"""Said without the built-in: the program may have taken it."""
LOOKS = 7
"""A sign of life is given every eighth statement."""
Marks = dict[str, Callable[..., Any]]
WAITING = -2
"""Made before the learner's own code runs (a custom Function's node before its `forward`) or by the engine inside a
backward: the expression around it claims it when it is done."""


class Provenance:
    """What the marks and module hooks noted while one program ran."""

    def __init__(self, sites: list[Site], looks: Looks | None = None) -> None:
        self.sites = sites
        self.looks = looks or Looks(sites)
        self.failure: BaseException | None = None
        self.expressions = Tiling()
        self.modules = Modules()
        self.done_at = array("q", bytes(8 * len(sites)))
        self.on_leave: Callable[[FrameType], None] = lambda frame: None
        self.on_enter: Callable[[FrameType], None] = lambda frame: None
        """Called where a custom Function's `forward` begins."""
        self.glance: Callable[[], None] = lambda: None
        """Called every few statements; it may not raise."""
        self.watched: set[CodeType] = set()
        self.clock = 0
        self._last = sequence_nr()
        self._open: list[int] = []
        """Spans of custom Functions whose `forward` runs now."""
        self._ripe: list[int] = []
        """Spans that the next expression to be done claims."""

    def tick(self) -> int:
        """The next moment: assignments and backwards are ordered by it."""
        self.clock += 1
        return self.clock

    def site_of(self, number: int) -> Site | None:
        """The place that made the node with this sequence number, or None."""
        owner = self.expressions.owner_of(number)
        return self.sites[owner] if owner >= 0 and number < self._last else None

    def sites_of(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """For each of many numbers the place that made the node, or NOWHERE, and whether `makes_target` holds."""
        known = np.flatnonzero((numbers >= 0) & (numbers < self._last))
        sites, makes = np.full(len(numbers), NOWHERE, np.int64), np.zeros(len(numbers), bool)
        owners, ends = self.expressions.owners_of(numbers[known])
        sites[known] = np.maximum(owners, NOWHERE)
        makes[known] = numbers[known] + 1 == np.minimum(ends, self._last)
        return sites, makes

    def makes_target(self, number: int) -> bool:
        """Whether the node is the last its expression made: the one an assigned name then holds."""
        end = self.expressions.ends_at(number)
        return number + 1 == (self._last if end is None else end)

    def last_assigned(self, function: str | None, name: str) -> tuple[int, int] | None:
        """(moment, line) of the newest assignment to `name` in that function, or None where none was noted."""
        moments = [
            (self.done_at[at], site.line)
            for at, site in enumerate(self.sites)
            if name in site.names and site.function == function and self.done_at[at]
        ]
        return max(moments, default=None)

    def since(self, standing: tuple[int, int]) -> tuple[bytes, int]:
        """Which expressions made nodes since then, in order, and how many nodes were made in all.

        Shapes: `standing` is a number of spans and of nodes.
        """
        return self.expressions.owners[standing[0] :].tobytes(), sequence_nr() - standing[1]

    def leave_to_caller(self) -> None:
        """Leaves what the engine made to the expression that called it."""
        if sequence_nr() != self._last and self._claim(WAITING):
            self._ripe.append(len(self.expressions.owners) - 1)

    def skip(self) -> None:
        """Leaves what was made since the last mark to nobody: reading a view's grad_fn can make a node."""
        self._claim(NOWHERE)

    def _claim(self, owner: int) -> bool:
        """Gives what was made since the last mark to `owner`; False where nothing was."""
        now = sequence_nr()
        if now == self._last:
            return False
        self.expressions.starts.append(self._last)
        self.expressions.owners.append(owner)
        self._last = now
        if len(self.expressions.starts) > MAX_SPANS:
            self.expressions.forget_half()
            self._open.clear()
            self._ripe.clear()
        return True

    def _enter(self) -> None:
        """A custom Function's `forward` begins: its node is there already."""
        self._open.append(len(self.expressions.owners) - 1 if self._claim(WAITING) else NOWHERE)
        try:
            self.on_enter(sys._getframe(1))
        except FOREIGN as error:
            self._stumbled(error)

    def _leave_forward(self) -> None:
        """It is left: the expression around it is done next."""
        span = self._open.pop() if self._open else NOWHERE
        if span != NOWHERE:
            self._ripe.append(span)

    def _harvest(self, site: int) -> None:
        for span in self._ripe:
            self.expressions.owners[span] = site
        self._ripe.clear()

    def _look(self, result: Any, site: int) -> None:
        """A closer look at what an expression made."""
        try:
            self.looks.look(result, site, sys._getframe(2))
        except FOREIGN as error:
            self._stumbled(error)
        if sequence_nr() != self._last:
            self.skip()

    def _look_at_statement(self, site: int) -> None:
        """A closer look at what a statement changed."""
        try:
            self.looks.done(site, sys._getframe(2))
        except FOREIGN as error:
            self._stumbled(error)
        if sequence_nr() != self._last:
            self.skip()

    def _stumbled(self, error: BaseException) -> None:
        """Keeps our own failure for the end; at the recursion limit there is simply no room to look."""
        if error.__class__ is not TOO_DEEP:
            self.failure = self.failure or error

    def _marks(self) -> Marks:
        """The functions the marked program calls."""

        def leave(_: int) -> None:
            frame = sys._getframe(1)
            if frame.f_code in self.watched:
                self.on_leave(frame)

        return {
            **{VALUE: self._value_mark(), DONE: self._done_mark(), ENTER: self._enter, EXIT: self._leave_forward},
            **{LEAVE: leave, READ: lambda value, _: None, LOOP: lambda things, _: things},
        }

    def _value_mark(self) -> Callable[[Any, int], Any]:
        """The mark around an expression. Written for speed: it runs at every one."""
        claim, number, ripe, harvest = self._claim, sequence_nr, self._ripe, self._harvest
        fresh, look = self.looks.fresh, self._look

        def value(result: Any, site: int) -> Any:
            if ripe:
                harvest(site)
            if number() != self._last:
                claim(site)
            if fresh[site]:
                look(result, site)
            return result

        return value

    def _done_mark(self) -> Callable[[int], None]:
        """The mark behind a statement. Written for speed: it runs at every one."""
        claim, number, ripe, harvest = self._claim, sequence_nr, self._ripe, self._harvest
        fresh, look, done_at, looks = self.looks.fresh, self._look_at_statement, self.done_at, LOOKS

        def done(site: int) -> None:
            if ripe:
                harvest(site)
            if number() != self._last:
                claim(site)
            if fresh[site]:
                look(site)
            self.clock = moment = self.clock + 1
            done_at[site] = moment
            if not moment & looks:
                self.glance()

        return done

    @contextmanager
    def noting(self, complete: Callable[[Marks], Marks] = dict) -> Iterator[None]:
        """Lends the marks, as `complete` made them, and notes module calls, for as long as the block lasts."""
        vars(builtins).update(complete(self._marks()))
        with self.modules.noting():
            yield
