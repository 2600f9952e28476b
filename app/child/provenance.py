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

from .instrument import APPLY, DONE, ENTER, LEAVE, VALUE, Site

MAX_SPANS = 2_000_000
NOWHERE = -1
WAITING = -2
"""A custom Function's node, made before its `forward` runs: the `.apply(...)` around it claims it."""

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

    def skip(self) -> None:
        """Leaves what was made since the last mark to nobody: reading a view's grad_fn can make a node."""
        self._claim(NOWHERE)

    def _claim(self, owner: int) -> None:
        now = sequence_nr()
        if now != self._last:
            self.expressions.starts.append(self._last)
            self.expressions.owners.append(owner)
            self._last = now
            if len(self.expressions.starts) > MAX_SPANS:
                self.expressions.forget_half()

    def _marks(self) -> dict[str, Callable[..., Any]]:
        """The functions the marked program calls, written for speed: they run at every expression."""
        claim, done_at, spans = self._claim, self.done_at, self.expressions
        number = sequence_nr

        def value(result: Any, site: int) -> Any:
            if number() != self._last:
                claim(site)
            return result

        def done(site: int) -> None:
            if number() != self._last:
                claim(site)
            self.clock += 1
            done_at[site] = self.clock

        def apply(result: Any, site: int) -> Any:
            owners = spans.owners
            for place in range(len(owners) - 1, max(-1, len(owners) - 100), -1):
                if owners[place] == WAITING:
                    owners[place] = site
            return value(result, site)

        def leave(_: int) -> None:
            frame = sys._getframe(1)
            if frame.f_code in self.watched:
                self.on_leave(frame)

        return {VALUE: value, DONE: done, APPLY: apply, ENTER: lambda: claim(WAITING), LEAVE: leave}

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
