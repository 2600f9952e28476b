"""Where each node is to be seen: in a box of its own, in the box of a closed group, in a crowd, or as a chip.

A spot is a number: a closed group's place, above those a node's place, above those a crowd's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..events.columns import NONE
from .forest import TOP, Forest
from .seen import Seen, thin


@dataclass(frozen=True, slots=True)
class Crowd:
    """A run of boxes of one level for which there is no room: the spots they would have."""

    level: int
    spots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spots:
    """`of` gives each node's spot; `levels` for each open level the spots that stand in it, in order; `crowds` the
    crowds, and `unfolded` the nodes whose leaves stand as boxes."""

    forest: Forest
    of: list[int]
    levels: dict[int, list[int]]
    crowds: list[Crowd]
    unfolded: frozenset[int]

    @property
    def first_node(self) -> int:
        """The first spot that is a node's."""
        return len(self.forest.columns.parent)

    @property
    def first_crowd(self) -> int:
        """The first spot that is a crowd's."""
        return self.first_node + len(self.forest.columns.ids)

    def key(self, spot: int) -> str:
        """The name of a spot's box, the same in every drawing where it stands."""
        if spot < self.first_node:
            return f"g{spot}"
        if spot < self.first_crowd:
            return f"n{self.forest.columns.ids[spot - self.first_node]}"
        return "more-" + self.key(self.crowds[spot - self.first_crowd].spots[0])

    def level(self, spot: int) -> int:
        """The level a spot stands in."""
        if spot < self.first_node:
            return self.forest.columns.parent[spot]
        if spot < self.first_crowd:
            return self.forest.columns.group[spot - self.first_node]
        return self.crowds[spot - self.first_crowd].level

    def path(self, spot: int) -> list[int]:
        """The open levels around a spot, from the outermost."""
        return [TOP, *self.forest.path(self.level(spot))]

    def unfolded_edges(self) -> Iterator[tuple[int, int, int]]:
        """The edges to leaves that their user shows as boxes, as (tail, head, edge)."""
        forest = self.forest
        for user in self.unfolded:
            for head, edge in forest.uses[user]:
                yield user, head, edge
                for one in forest.away[head][:-1]:
                    inner = forest.columns.ends[one] - 1
                    yield one, forest.columns.heads[inner], inner

    def is_node(self, spot: int) -> bool:
        """Whether the spot is a node's own."""
        return self.first_node <= spot < self.first_crowd


def spot_out(forest: Forest, seen: Seen) -> Spots:
    """The spots of what is open."""
    columns = forest.columns
    groups, nodes = len(columns.parent), len(columns.ids)
    crowds: list[Crowd] = []
    levels: dict[int, list[int]] = {}
    crowd_of: dict[int, int] = {}
    front = [NONE] * (groups + 1)

    def stand(level: int) -> None:
        spots = _members(forest, seen, level)
        kept = thin(len(spots), _wanted(forest, seen, level, spots), seen.room[level])
        levels[level] = []
        for run, alone in _runs(spots, kept):
            if alone:
                levels[level] += run
                continue
            spot = groups + nodes + len(crowds)
            crowds.append(Crowd(level, tuple(run)))
            crowd_of.update(dict.fromkeys(run, spot))
            levels[level].append(spot)

    stand(TOP)
    for group in range(groups):
        outer = front[columns.parent[group]]
        if outer != NONE:
            front[group] = outer
        elif group in crowd_of or group not in seen.room:
            front[group] = crowd_of.get(group, group)
        else:
            stand(group)
    held = map(front.__getitem__, columns.group)
    of = [where if where != NONE else spot for spot, where in enumerate(held, groups)]
    for spot, crowd in crowd_of.items():
        if spot >= groups:
            of[spot - groups] = crowd
    unfolded = frozenset(place for place in seen.unfolded if of[place] == groups + place)
    return Spots(forest, of, _unfold(forest, levels, unfolded, of), crowds, unfolded)


def _members(forest: Forest, seen: Seen, level: int) -> list[int]:
    """All spots of a level in the order in which their first nodes were met."""
    groups = len(forest.columns.parent)
    found = [(forest.first[group], group) for group in forest.children.get(level, ())]
    found += [(place, groups + place) for place in forest.own.get(level, ())]
    return [spot for _, spot in sorted(found)]


def _wanted(forest: Forest, seen: Seen, level: int, spots: list[int]) -> list[int]:
    """Which of a level's spots must stand for themselves: first those that are open, then those that hold what is
    sought."""
    groups = len(forest.columns.parent)
    opened = [where for where, spot in enumerate(spots) if spot < groups and spot in seen.room]
    inside = {step for node in seen.sought for step in forest.path(forest.columns.group[node])}
    inside |= {groups + node for node in seen.sought}
    return opened or [where for where, spot in enumerate(spots) if spot in inside]


def _runs(spots: list[int], kept: list[int]) -> Iterator[tuple[list[int], bool]]:
    """The spots in runs, each with whether its members stand for themselves."""
    start = 0
    for place in kept:
        if place > start:
            yield spots[start:place], False
        yield spots[place : place + 1], True
        start = place + 1
    if start < len(spots):
        yield spots[start:], False


def _unfold(
    forest: Forest, levels: dict[int, list[int]], unfolded: frozenset[int], of: list[int]
) -> dict[int, list[int]]:
    """The levels with the leaves that are drawn as boxes."""
    groups = len(forest.columns.parent)
    chains = (forest.away[head] for user in sorted(unfolded) for head, _ in forest.uses[user])
    for place in dict.fromkeys(part for chain in chains for part in chain):
        if of[place] == groups + place:
            levels[forest.columns.group[place]].append(of[place])
    return levels


def count_folded(spots: Spots) -> int:
    """How many nodes are chips: what folds away where its level is open."""
    standing = Counter(spot for level in spots.levels.values() for spot in level)
    own = (spots.of[place] for place in spots.forest.away)
    return sum(1 for spot in own if spots.is_node(spot) and not standing[spot])
