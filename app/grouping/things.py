"""The things that a level shows.

A thing is a node (its place in the order in which nodes were made), a `Scope`, a `Repeat` of equal blocks, or a `Part`:
what one line of the source made, or a stretch of a level that nothing else divides.
"""

from collections.abc import Sequence
from typing import Any

FAN = 40
"""Things that one level shows at most."""


class Repeat:
    """Equal blocks of `period` things each, one after the other."""

    __slots__ = ("call", "count", "function", "items", "period", "start", "stop", "token")

    def __init__(self, items: Sequence[Any], period: int, start: int, stop: int, token: int) -> None:
        self.items, self.period, self.count = items, period, len(items) // period
        self.start, self.stop = start, stop
        self.token = token
        self.function: str | None = None


class Part:
    """Neighbours on a level: those that one line made, or the `size` things from number `first` on."""

    __slots__ = ("first", "is_line", "items", "size", "start", "stop", "token")

    def __init__(self, items: Sequence[Any], *, is_line: bool, first: int = 0, size: int = 0) -> None:
        self.items, self.is_line, self.first, self.size = items, is_line, first, size
        self.start, self.stop = start_of(items[0]), stop_of(items[-1])
        self.token = -1


def start_of(item: Any) -> int:
    """The first node of a thing."""
    return item if item.__class__ is int else int(item.start)


def stop_of(item: Any) -> int:
    """The node behind the last of a thing."""
    return item + 1 if item.__class__ is int else int(item.stop)


def cut(items: Sequence[Any], number: int = 0) -> Sequence[Any]:
    """The things, of which the first has that number, or where there are more than FAN, parts of equal size."""
    if len(items) <= FAN:
        return items
    most = FAN
    while most * FAN < len(items):
        most *= FAN
    parts = -(-len(items) // most)
    size = -(-len(items) // parts)
    pieces = [(first, items[first : first + size]) for first in range(0, len(items), size)]
    return [
        Part(cut(piece, number + first), is_line=False, first=number + first, size=len(piece))
        if len(piece) > 1
        else piece[0]
        for first, piece in pieces
    ]
