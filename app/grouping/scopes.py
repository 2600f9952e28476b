"""Nodes in the order they were made -> the calls they were made in: modules, and functions of the learner's, nested."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

import numpy as np

from .origins import NOWHERE, Origins

MAX_DEPTH = 48
"""Calls in each other that are told apart; what is deeper belongs to the last of them."""


class Scope:
    """What was made in one call: nodes and inner calls, in their order.

    `call` is the place of a module's call, NOWHERE where it is a function's; `start` to `stop` are its nodes, `parts`
    ranges of them and inner scopes. `items` is what is shown of it.
    """

    __slots__ = ("call", "function", "items", "parts", "start", "stop", "token")

    def __init__(self, call: int, function: str | None, start: int) -> None:
        self.call = call
        self.function = function
        self.start = self.stop = start
        self.parts: list[range | Scope] = []
        self.items: Sequence[Any] = ()
        self.token = 0

    def add(self, start: int, stop: int) -> None:
        """Takes the nodes of a range."""
        last = self.parts[-1] if self.parts else None
        if isinstance(last, range) and last.stop == start:
            self.parts[-1] = range(last.start, stop)
        else:
            self.parts.append(range(start, stop))


Step = tuple[int, str | None]
"""A module's call, or NOWHERE and a function."""


def scopes_of(origins: Origins, order: np.ndarray[Any, Any]) -> list[list[Scope]]:
    """The scopes of the nodes in `order`, by depth: the outermost is the program's."""
    sites, calls = np.asarray(origins.site)[order], np.asarray(origins.call)[order]
    functions = {name: place for place, name in enumerate(dict.fromkeys(site.function for site in origins.sites))}
    names = list(functions)
    codes = np.fromiter((functions[site.function] for site in origins.sites), np.int64, len(origins.sites))
    of_node = np.where(sites >= 0, codes[sites], NOWHERE) if len(codes) else sites
    changes = np.flatnonzero((np.diff(calls) != 0) | (np.diff(of_node) != 0)) + 1
    starts = [0, *changes.tolist()][: len(order)]
    chains = _Chains(origins)
    runs = zip(starts, [*changes.tolist(), len(order)], calls[starts].tolist(), of_node[starts].tolist(), strict=False)
    return _nested(
        ((start, stop, chains.of(call, names[code] if code >= 0 else None)) for start, stop, call, code in runs),
        len(order),
    )


class _Chains:
    """The calls around a node, outermost first."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._known: dict[tuple[int, str | None], tuple[Step, ...]] = {}
        self._ways: dict[str, list[str]] = {}
        self._forwards = {module.forward for module in origins.modules}

    def of(self, call: int, function: str | None) -> tuple[Step, ...]:
        """The calls around what `function` made during a module's `call`.

        The function ran inside the innermost module whose forward is the learner's, and around those below it.
        """
        known = self._known.get((call, function))
        if known is not None:
            return known
        calls = [*self._around(call)][::-1]
        steps: list[Step] = [(each, None) for each in calls]
        own = [place for place, each in enumerate(calls) if self._forward(each) is not None]
        inner = own[-1] + 1 if own else 0
        if function is not None and not (own and self._forward(calls[inner - 1]) == function):
            steps[inner:inner] = [(NOWHERE, each) for each in (*self._through(function), function)]
        chain = self._known[call, function] = tuple(steps[:MAX_DEPTH])
        return chain

    def _through(self, function: str) -> list[str]:
        """The functions that every way to a function leads through, from the innermost module on."""
        if function not in self._ways:
            self._ways[function] = []  # where functions call each other in a circle, it ends here
            callers = [each for each in self._origins.callers.get(function, ()) if each != function]
            ways = [[] if each is None or each in self._forwards else [*self._through(each), each] for each in callers]
            shared = takewhile(lambda same: {function} != {*same} and len({*same}) == 1, zip(*ways, strict=False))
            self._ways[function] = [first for first, *_ in shared]
        return self._ways[function]

    def _around(self, call: int) -> Iterator[int]:
        while call >= 0:
            yield call
            call = self._origins.parent_call[call]

    def _forward(self, call: int) -> str | None:
        return self._origins.modules[self._origins.module_of_call[call]].forward


def _nested(runs: Iterable[tuple[int, int, tuple[Step, ...]]], size: int) -> list[list[Scope]]:
    top = Scope(NOWHERE, None, 0)
    top.stop = size
    stack, levels = [top], [[top]]
    chain: tuple[Step, ...] = ()
    for start, stop, steps in runs:
        same = 0
        for ours, theirs in zip(chain, steps, strict=False):
            if ours != theirs:
                break
            same += 1
        for closed in stack[same + 1 :]:
            closed.stop = start
        del stack[same + 1 :]
        for call, function in steps[same:]:
            inner = Scope(call, function, start)
            stack[-1].parts.append(inner)
            stack.append(inner)
            if len(stack) > len(levels):
                levels.append([])
            levels[len(stack) - 1].append(inner)
        stack[-1].add(start, stop)
        chain = steps
    for left in stack[1:]:
        left.stop = size
    return levels


def is_library(scope: Scope, origins: Origins) -> bool:
    """Whether a scope is the call of a module that the learner's source does not define."""
    if scope.call < 0:
        return False
    return origins.modules[origins.module_of_call[scope.call]].forward is None
