"""Arranged things -> a table of groups, each after the one it stands in, and each node's innermost group."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from .arranging import Arranging
from .origins import NOWHERE, Origins
from .prints import Numbers
from .scopes import Scope, is_library
from .things import FAN, Part, Repeat
from .titles import Titles

MAX_DEPTH = 60
"""Groups in each other; what is deeper stands in the last of them."""
ROUND = tuple(unit * 10**power for power in range(10) for unit in (1, 2, 4, 5))
Kind = Literal["module", "function", "line", "repeat"]


class Around:
    """Where a thing stands: its group, the module around it, and whether that is a library's."""

    __slots__ = ("depth", "group", "is_library", "path")

    def __init__(self, group: int, depth: int, path: str, *, is_library: bool) -> None:
        self.group, self.depth, self.path, self.is_library = group, depth, path, is_library


class Planting:
    """The groups of one graph as columns: one entry each, in `parent` NOWHERE at the top.

    Shapes: `group_of` has an entry for each node in the order they were made.
    """

    def __init__(self, arranging: Arranging, titles: Titles, origins: Origins, size: int) -> None:
        self.parent: list[int] = []
        self.kind: list[Kind] = []
        self.label: list[str] = []
        self.repeats: list[int] = []
        self.block: list[int] = []
        """Which block of a repeat a group begins with, counted from 0; 0 for others."""
        self.group_of: Numbers = np.full(size, NOWHERE, np.int64)
        self._arranging = arranging
        self._titles = titles
        self._origins = origins
        self._waiting: list[Iterator[Any]] = []

    def plant(self, items: Sequence[Any]) -> None:
        """Makes the groups of all that is shown, from the outermost."""
        waiting = [self._items(items, Around(NOWHERE, 0, "", is_library=False))]
        while waiting:  # a loop, as modules may call each other to any depth
            inner = next(waiting[-1], None)
            if inner is None:
                waiting.pop()
            else:
                waiting.append(inner)

    def _items(self, items: Sequence[Any], around: Around) -> Iterator[Any]:
        """Places the nodes among the things; gives what is left to do for each of the others."""
        if isinstance(items, range):
            self.group_of[items.start : items.stop] = around.group
            return
        for item in items:
            if item.__class__ is int:
                self.group_of[item] = around.group
            elif isinstance(item, Scope):
                yield self._scope(item, around, None)
            elif isinstance(item, Repeat):
                label = self._titles.repeat(item, around.path, is_library=around.is_library)
                inside = self._group(around, "repeat", label, item.count)
                yield self._blocks(item, 0, item.count, inside)
            elif isinstance(item, Part):
                yield self._items(item.items, self._group(around, "line", self._titles.part(item)))

    def _scope(self, scope: Scope, around: Around, label: str | None, block: int = 0) -> Iterator[Any]:
        kind: Kind = "module" if scope.call >= 0 else "function"
        inside = self._group(around, kind, label or self._titles.scope(scope, around.path), block=block)
        if scope.call >= 0:
            path = self._titles.module(scope).path
            inside = Around(inside.group, inside.depth, path, is_library=is_library(scope, self._origins))
        return self._items(scope.items, inside)

    def _blocks(self, repeat: Repeat, first: int, last: int, around: Around) -> Iterator[Any]:
        """The blocks of a repeat from `first` up to `last`, in ranges where there are many."""
        items, period = repeat.items, repeat.period
        if period == 1 and isinstance(items, range) and last - first <= FAN:
            self.group_of[items.start + first : items.start + last] = around.group
            return
        if last - first <= FAN:
            for block in range(first, last):
                yield self._block(repeat, block, around)
            return
        size = range_size(last - first)
        for start in range(first, last, size):
            stop = min(start + size, last)
            if stop - start == 1:
                yield self._block(repeat, start, around)
                continue
            label = self._titles.blocks(repeat, start, stop - 1, around.path)
            inside = self._group(around, "repeat", label, stop - start, block=start)
            yield self._blocks(repeat, start, stop, inside)

    def _block(self, repeat: Repeat, block: int, around: Around) -> Iterator[Any]:
        items = repeat.items[block * repeat.period : (block + 1) * repeat.period]
        label = self._titles.block(repeat, block, around.path)
        if len(items) > 1:
            inside = self._group(around, "repeat", label or "", block=block)
            return self._items(self._arranging.shown(items), inside)
        if isinstance(items[0], Scope):
            return self._scope(items[0], around, label, block)
        return self._items(items, around)

    def _group(self, around: Around, kind: Kind, label: str, repeats: int = 1, block: int = 0) -> Around:
        """A new group inside of another."""
        if around.depth >= MAX_DEPTH:
            return around
        self.parent.append(around.group)
        self.kind.append(kind)
        self.label.append(label)
        self.repeats.append(repeats)
        self.block.append(block)
        return Around(len(self.parent) - 1, around.depth + 1, around.path, is_library=around.is_library)


def range_size(blocks: int) -> int:
    """How many blocks stand in each range of so many: a round number, so that no level shows more than FAN things."""
    levels = math.ceil(math.log(blocks, FAN) - 1e-9)
    least, most = -(-blocks // FAN), FAN ** (levels - 1)
    wanted = blocks ** ((levels - 1) / levels)
    fitting = [size for size in ROUND if least <= size <= most]
    return min(fitting, key=lambda size: abs(math.log(size / wanted)), default=least)
