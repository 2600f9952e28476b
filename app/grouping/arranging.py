"""What is shown of each scope: at most FAN things, with equal neighbours as one repeat."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .origins import Origins
from .prints import Numbers, Prints
from .scopes import Scope, is_library
from .tandem import LONG, periods, stretches
from .things import FAN, Part, Repeat, cut, start_of, stop_of

STAGES = 24
"""Rounds of folding: each may find what the one before has made equal."""
LEAST_SINGLE, LEAST_BLOCKS, LARGE_BLOCK = 4, 3, 8
"""Equal nodes, and equal blocks, that fold into one; of blocks this large two will do."""
LEAST_OF_LIBRARY = 12
"""Nodes that a repeat inside a library's module has: what is equal there by chance is no loop."""
CROWDED = 12
"""Things from which a level is divided by line, where at least LEAST_SINGLE stand in one."""


class Arranging:
    """Arranges the scopes of one graph. Shapes: `tokens`, `lines` and `ends` have an entry for each node, in order."""

    def __init__(self, origins: Origins, prints: Prints, tokens: Numbers, lines: Numbers, ends: Numbers) -> None:
        self._origins = origins
        self._prints = prints
        self._tokens = tokens.view(np.int64)
        self._lines = lines
        self._ends = ends
        self._plain: set[int] = set()
        """Tokens of scopes in which nothing is equal."""
        self._kinds: dict[tuple[str | None, str], int] = {}

    def arrange(self, levels: list[list[Scope]]) -> Sequence[Any]:
        """The things of the outermost scope; those of the others are noted in them."""
        for level in reversed(levels[1:]):
            prints = [0]  # one alone has nothing to be equal to
            if len(level) > 1:
                prints = self._prints.of([each.start for each in level], [each.stop for each in level]).tolist()
            for scope, told in zip(level, prints, strict=True):
                scope.token = hash((told, self._kind(scope)))
                scope.items = self._arranged(scope)
        items = self._arranged(levels[0][0])
        while len(items) == 1 and isinstance(items[0], Scope) and items[0].function is not None:
            items = items[0].items
        return items

    def _kind(self, scope: Scope) -> int:
        """A number for a module's class and its role where it is used; modules of a list have no role."""
        kind = scope.function, ""
        if scope.call >= 0:
            module = self._origins.modules[self._origins.module_of_call[scope.call]]
            kind = module.kind, role_of(module.path)
        return self._kinds.setdefault(kind, len(self._kinds))

    def _arranged(self, scope: Scope) -> Sequence[Any]:
        items: Sequence[Any] = scope.parts[0] if len(scope.parts) == 1 and isinstance(scope.parts[0], range) else []
        if isinstance(items, list):
            for part in scope.parts:
                if isinstance(part, range):
                    items.extend(part)
                else:
                    items.append(_thing(part))
        if len(items) > 1 and scope.token not in self._plain:
            folded = self._folded(items, is_library=is_library(scope, self._origins))
            if folded is items and scope.token:
                self._plain.add(scope.token)
            items = folded
        return self.shown(items)

    def _folded(self, items: Sequence[Any], *, is_library: bool) -> Sequence[Any]:
        """The things with equal neighbours as repeats, inner ones first."""
        least = LEAST_OF_LIBRARY if is_library else 0
        for _ in range(STAGES):
            found = self._repeats(items, least)
            if not found:
                break
            folded: list[Any] = []
            over = 0
            for at, size, period, token in found:
                folded.extend(items[over:at])
                over = at + size
                block = items[at:over]
                folded.append(Repeat(block, period, start_of(block[0]), stop_of(block[-1]), token))
            folded.extend(items[over:])
            items = folded
        return items

    def _repeats(self, items: Sequence[Any], least: int) -> list[tuple[int, int, int, int]]:
        """Repeats of the smallest period there is, of so many nodes at least: (first thing, things, period, token)."""
        tokens = self._tokens_of(items)
        for period in periods(tokens):
            found = [
                each
                for start, stop in stretches(tokens, period, 2)
                for each in self._blocks(items, start, stop, period)
                if stop_of(items[each[0] + each[1] - 1]) - start_of(items[each[0]]) >= least
            ]
            if found:
                return found
        return []

    def _tokens_of(self, items: Sequence[Any]) -> Any:
        if isinstance(items, range):
            tokens = self._tokens[items.start : items.stop]
            return tokens if len(items) >= LONG else tokens.tolist()
        listed = self._tokens
        return [int(listed[item]) if item.__class__ is int else item.token for item in items]

    def _blocks(self, items: Sequence[Any], start: int, stop: int, period: int) -> Iterator[tuple[int, int, int, int]]:
        """The repeats in a stretch: its blocks' fingerprints tell what their tokens don't, the edges inside."""
        spare = (stop - start) % period
        if spare:  # a loop's body begins where the source does
            start += min(range(spare + 1), key=lambda more: (self._ends[start_of(items[start + more])], more))
        count = (stop - start) // period
        if isinstance(items, range):
            starts = items.start + start + period * np.arange(count)
            prints = self._prints.of(starts, starts + period)
        else:
            firsts = [start_of(items[start + period * block]) for block in range(count)]
            lasts = [stop_of(items[start + period * block - 1]) for block in range(1, count + 1)]
            prints = self._prints.of(firsts, lasts)
        changes = [0, *(np.flatnonzero(prints[1:] != prints[:-1]) + 1).tolist(), count]
        for first, last in pairwise(changes):
            at = start + first * period
            size = stop_of(items[at + period - 1]) - start_of(items[at])
            if _is_worth(last - first, size):
                yield at, (last - first) * period, period, hash((int(prints[first]), last - first))

    def shown(self, items: Sequence[Any]) -> Sequence[Any]:
        """At most FAN things, for these: those of one line together, or in parts."""
        return cut(self._by_line(items))

    def _by_line(self, items: Sequence[Any]) -> Sequence[Any]:
        """The things with those that one line made as one, on a level that shows many."""
        if len(items) <= CROWDED:
            return items
        lines = self._lines_of(items)
        breaks = [0, *(np.flatnonzero((lines[1:] != lines[:-1]) | (lines[1:] < 0)) + 1).tolist(), len(items)]
        least = LEAST_SINGLE if len(items) <= FAN else 2
        if len(np.unique(lines[lines >= 0])) < 2 or (len(items) > FAN and len(breaks) > len(items) // 2):
            return items
        lined: list[Any] = []
        for start, stop in pairwise(breaks):
            if stop - start >= least:
                lined.append(Part(cut(items[start:stop]), is_line=True))
            else:
                lined.extend(items[start:stop])
        return lined

    def _lines_of(self, items: Sequence[Any]) -> Numbers:
        """The line that made each thing, or -1 where lines inside it are another function's."""
        if isinstance(items, range):
            return self._lines[items.start : items.stop]
        found = self._lines[np.fromiter(map(start_of, items), np.intp, len(items))].copy()
        found[[place for place, item in enumerate(items) if self._is_elsewhere(item)]] = -1
        return found

    def _is_elsewhere(self, item: Any) -> bool:
        if isinstance(item, Repeat):
            return item.function is not None or item.period > 1 or self._is_elsewhere(item.items[0])
        if not isinstance(item, Scope):
            return False
        return item.call < 0 or self._origins.modules[self._origins.module_of_call[item.call]].forward is not None


def role_of(path: str) -> str:
    """What a module is called where it is used: the end of its path, unless that is a number."""
    _, dot, role = path.rpartition(".")
    return role if dot and not role.isdigit() else ""


def _is_worth(count: int, size: int) -> bool:
    if size == 1:
        return count >= LEAST_SINGLE
    return count >= LEAST_BLOCKS or (count == 2 and size >= LARGE_BLOCK)


def _thing(scope: Scope) -> Any:
    """What stands for a scope: its only node, the only thing in it where that says more, or the scope."""
    if scope.stop - scope.start == 1:
        return scope.start
    only = scope.items[0] if len(scope.items) == 1 else None
    if only is None:
        return scope
    if isinstance(only, Repeat):
        only.function = only.function or scope.function
    elif scope.call >= 0 and only.call < 0:
        scope.items = only.items
        return scope
    only.token = scope.token
    return only
