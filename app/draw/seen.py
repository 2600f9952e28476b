"""Which groups are open, and how many boxes each open level may show: never more than 120 in all.

What was opened last is kept open first, with all that holds it; then what was opened before, then what the graph opens
by itself, the outermost first. Where even the last doesn't fit, the levels around it show only what stands near it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .forest import TOP, Forest

BUDGET = 120
LEVEL = 100
"""Boxes of one level; a well-formed graph has at most some 40 in each."""
NEAR = 9
"""Boxes of a level that is thinned out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The open levels, TOP among them, with the most boxes each may show; the nodes whose folds are opened; and those
    that a thinned level must show."""

    room: dict[int, int]
    unfolded: frozenset[int]
    sought: frozenset[int]


def seen(forest: Forest, expand: tuple[str, ...], close: frozenset[str], *, whole: bool = False) -> Seen:
    """What is open."""
    if whole:
        every = {TOP, *forest.children, *forest.own}
        return Seen({level: forest.boxes(level) for level in every}, frozenset(), frozenset())
    shut = {place for place in map(forest.named, close) if place is not None}
    asked = [place for place in map(forest.named, reversed(expand)) if place is not None]
    numbers = [int(name) for name in reversed(expand) if name.isascii() and name.isdigit() and len(name) < 16]
    nodes = [place for place in map(forest.find, numbers) if place is not None]
    room = _opened(forest, [*asked, *forest.columns.opened], shut, last=asked[0] if asked else None)
    left = BUDGET - _total(forest, room)
    unfolded = _unfolded(forest, nodes, room, left)
    return Seen(room, unfolded, frozenset(nodes))


def _shown(forest: Forest, level: int, room: int = LEVEL) -> int:
    return min(forest.boxes(level), room)


def _total(forest: Forest, room: dict[int, int]) -> int:
    """How many boxes are shown: an open group gives its own box for those inside."""
    return sum(_shown(forest, level, most) for level, most in room.items()) - (len(room) - 1)


def _opened(forest: Forest, wanted: Iterable[int], shut: set[int], last: int | None) -> dict[int, int]:
    room = {TOP: LEVEL}
    thin: set[int] = set()
    total = _shown(forest, TOP)
    for place in wanted:
        path = forest.path(place)
        if shut.intersection(path) or not forest.columns.nodes[place]:
            continue
        fresh = [group for group in path if group not in room]
        cost = sum(_shown(forest, group) - 1 for group in fresh)
        if not fresh or forest.columns.parent[fresh[0]] in thin:
            continue
        if total + cost <= BUDGET:
            room |= dict.fromkeys(fresh, LEVEL)
            total += cost
        elif place == last:
            room = _thinned(forest, path)
            thin = {level for level, most in room.items() if most < forest.boxes(level)}
            total = _total(forest, room)
    return room


def _thinned(forest: Forest, path: list[int]) -> dict[int, int]:
    """Room for a group and all that holds it: the outer levels are thinned out until it fits, or it stays closed."""
    for deep in range(len(path), -1, -1):
        levels = [TOP, *path[:deep]]
        room = dict.fromkeys(levels, LEVEL)
        for level in levels:
            if _total(forest, room) <= BUDGET:
                return room
            room[level] = NEAR
        if _total(forest, room) <= BUDGET:
            return room
    return {TOP: NEAR}


def _unfolded(forest: Forest, nodes: list[int], room: dict[int, int], left: int) -> frozenset[int]:
    """The nodes whose leaves are drawn as boxes, the last asked for first."""
    found: set[int] = set()
    for node in nodes:
        if forest.columns.group[node] not in room or node in forest.away:
            continue
        chains = {part for head, _ in forest.uses.get(node, ()) for part in forest.away[head]}
        if chains and len(chains) <= left:
            found.add(node)
            left -= len(chains)
    return frozenset(found)


def thin(size: int, wanted: Iterable[int], most: int) -> list[int]:
    """Which of `size` boxes in order stand for themselves where at most `most` may be shown, crowds among them.

    Those wanted, what stands near them (or first), and both ends; each run of others is one crowd.
    """
    if size <= most:
        return list(range(size))
    centres = sorted({place for place in wanted if 0 <= place < size})[: max(most // 3, 1)] or [0]
    kept: set[int] = set(centres[: max(most - 2, 0)])
    for reach in range(size):
        more = {place for centre in centres for place in range(centre - reach, centre + reach + 1) if 0 <= place < size}
        more |= {0, size - 1} if most > 5 else set()
        if len(more) + _runs(more, size) > most:
            break
        kept = more
    return sorted(kept)


def _runs(kept: set[int], size: int) -> int:
    """How many runs of others there are."""
    return sum(1 for one, other in pairwise([-1, *sorted(kept), size]) if other - one > 1)
