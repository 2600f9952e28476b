"""Autograd's sequence numbers -> where in the learner's source, and in which module, a node was made.

Every node made between two readings of the counter has a number between them, so the marks that `instrument` put into
the program, and the module hooks, only note where the counter stood. Knows nothing of graphs.
"""

import builtins
import sys
import weakref
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import torch
from torch.nn.modules import module as torch_module

from .instrument import DONE, ENTER, EXIT, LEAVE, VALUE, Site

MAX_SPANS = 2_000_000
NOWHERE = -1
WAITING = -2
"""Made before the learner's own code runs (a custom Function's node before its `forward`) or by the engine inside a
backward: the expression around it claims it when it is done."""

sequence_nr: Callable[[], int] = torch._C._autograd._get_sequence_nr


class Tiling:
    """Numbers cut into spans, each with an owner: span k runs from its start to the start of the next."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.owners = array("q")

    def owner_of(self, number: int) -> int:
        """The owner of the span that holds `number`, or NOWHERE."""
        place = bisect_right(self.starts, number) - 1
        return self.owners[place] if place >= 0 else NOWHERE

    def ends_at(self, number: int) -> int | None:
        """Where the span that holds `number` ends, or None while it is the last."""
        place = bisect_right(self.starts, number)
        return self.starts[place] if 0 < place < len(self.starts) else None

    def forget_half(self) -> None:
        """Drops the older half: graphs that old are gone, and memory is bounded."""
        half = len(self.starts) // 2
        del self.starts[:half]
        del self.owners[:half]


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module whose forward ran: `path` from the outermost one around it, and that one's class.

    Both modules are held weakly, so that observing keeps nothing alive.
    """

    module: "weakref.ref[torch.nn.Module]"
    root: "weakref.ref[torch.nn.Module]"
    root_class: str
    path: str | None


class Provenance:
    """What the marks and module hooks noted while one program ran."""

    def __init__(self, sites: list[Site]) -> None:
        self.sites = sites
        self.expressions = Tiling()
        self.modules = Tiling()
        self.calls: list[ModuleCall] = []
        self.done_at = array("q", bytes(8 * len(sites)))
        self.on_leave: Callable[[FrameType], None] = lambda frame: None
        self.watched: set[CodeType] = set()
        self.clock = 0
        self._last = sequence_nr()
        self._open: list[int] = []
        """Spans of custom Functions whose `forward` runs now."""
        self._ripe: list[int] = []
        """Spans that the next expression to be done claims."""
        self._stack: list[int] = []
        self._call_ids: dict[int, int] = {}
        self._paths: dict[int, str] = {}

    def tick(self) -> int:
        """The next moment: assignments and backwards are ordered by it."""
        self.clock += 1
        return self.clock

    def site_of(self, number: int) -> Site | None:
        """The place that made the node with this sequence number, or None."""
        owner = self.expressions.owner_of(number)
        return self.sites[owner] if owner >= 0 and number < self._last else None

    def makes_target(self, number: int) -> bool:
        """Whether the node is the last its expression made: the one an assigned name then holds."""
        end = self.expressions.ends_at(number)
        return number + 1 == (self._last if end is None else end)

    def module_call_of(self, number: int) -> ModuleCall | None:
        """The innermost module call during which the node was made, or None."""
        owner = self.modules.owner_of(number)
        return self.calls[owner] if owner >= 0 else None

    def last_assigned(self, function: str | None, name: str) -> tuple[int, int] | None:
        """(moment, line) of the newest assignment to `name` in that function, or None where none was noted."""
        moments = [
            (self.done_at[at], site.line)
            for at, site in enumerate(self.sites)
            if name in site.names and site.function == function and self.done_at[at]
        ]
        return max(moments, default=None)

    def leave_to_caller(self) -> None:
        """Leaves what the engine made to the expression that called it."""
        if self._claim(WAITING):
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

    def _leave_forward(self) -> None:
        """It is left: the expression around it is done next."""
        span = self._open.pop() if self._open else NOWHERE
        if span != NOWHERE:
            self._ripe.append(span)

    def _harvest(self, site: int) -> None:
        for span in self._ripe:
            self.expressions.owners[span] = site
        self._ripe.clear()

    def _marks(self) -> dict[str, Callable[..., Any]]:
        """The functions the marked program calls, written for speed: they run at every expression."""
        claim, done_at = self._claim, self.done_at
        number, ripe, harvest = sequence_nr, self._ripe, self._harvest

        def value(result: Any, site: int) -> Any:
            if ripe:
                harvest(site)
            if number() != self._last:
                claim(site)
            return result

        def done(site: int) -> None:
            if ripe:
                harvest(site)
            if number() != self._last:
                claim(site)
            self.clock += 1
            done_at[site] = self.clock

        def leave(_: int) -> None:
            frame = sys._getframe(1)
            if frame.f_code in self.watched:
                self.on_leave(frame)

        return {VALUE: value, DONE: done, ENTER: self._enter, EXIT: self._leave_forward, LEAVE: leave}

    def _enter_module(self, module: torch.nn.Module, _: Any) -> None:
        known = self._call_ids.get(id(module))
        if known is None or self.calls[known].module() is not module:
            known = self._call_ids[id(module)] = len(self.calls)
            self.calls.append(self._new_call(module))
        self._stack.append(known)
        self.modules.starts.append(sequence_nr())
        self.modules.owners.append(known)

    def _new_call(self, module: torch.nn.Module) -> ModuleCall:
        if not self._stack:
            self._paths = _paths_in(module)
            return ModuleCall(weakref.ref(module), weakref.ref(module), type(module).__name__, "")
        root = self.calls[self._stack[0]]
        return ModuleCall(weakref.ref(module), root.root, root.root_class, self._paths.get(id(module)))

    def _leave_module(self, _: torch.nn.Module, __: Any, ___: Any) -> None:
        stack, modules = self._stack, self.modules
        if stack:
            stack.pop()
        modules.starts.append(sequence_nr())
        modules.owners.append(stack[-1] if stack else NOWHERE)
        if len(modules.starts) > MAX_SPANS:
            modules.forget_half()

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Lends the marks to the program and hooks module calls, for as long as the block lasts."""
        marks = self._marks()
        vars(builtins).update(marks)
        hooks = (
            torch_module.register_module_forward_pre_hook(self._enter_module),
            torch_module.register_module_forward_hook(self._leave_module, always_call=True),
        )
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


def _paths_in(root: torch.nn.Module) -> dict[int, str]:
    """Identity of each module inside `root` -> its attribute path, read past anything the learner overrides."""
    paths = {id(root): ""}
    queue = [root]
    for module in queue:
        for key, child in module._modules.items():
            if child is not None and id(child) not in paths:
                paths[id(child)] = f"{paths[id(module)]}.{key}".lstrip(".")
                queue.append(child)
    return paths
