"""A graph with its groups, ready to choose from: each group's children, what folds into its user, and the edges left.

Made once per graph, in time linear in its nodes; a picture of it then only follows what is open.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..events import VIEWS, Columns, Group, Node
from ..events.columns import NONE
from .focus import LEAF, place_of, tails_of
from .rows import group_of, node_of

TOP = NONE
"""The level outside of all groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Everything by its place in the columns.

    Shapes: `children` and `own` give for each group (TOP among them) its child groups and the nodes that stand in its
    own level, both in order; `first` is where the first node of each group stands. `away` holds for each node that
    folds into its user the nodes from it down to its leaf. `tails`, `heads` and `edges` are the ends and the place in
    the columns of each edge between nodes that stand for themselves; `uses` has for each user of a node that folds away
    that node and the edge to it; `users`, `used` and `leaves` are the same in columns, with the leaf behind it. `spare`
    counts for each group the nodes that it holds beyond those recorded.
    """

    columns: Columns
    detailed: Mapping[int, Node]
    roots: frozenset[int]
    children: Mapping[int, list[int]]
    own: Mapping[int, list[int]]
    first: Mapping[int, int]
    spare: Mapping[int, int]
    away: Mapping[int, tuple[int, ...]]
    tails: "array[int]"
    heads: "array[int]"
    edges: "array[int]"
    uses: Mapping[int, list[tuple[int, int]]]
    users: "array[int]"
    used: "array[int]"
    leaves: "array[int]"

    def node(self, place: int) -> Node:
        """The node there; with its value and what it saved, where the graph's event has it."""
        columns = self.columns
        return self.detailed.get(columns.ids[place]) or node_of(columns, place)

    def group(self, place: int) -> Group:
        """The group there."""
        return group_of(self.columns, place)

    def boxes(self, place: int) -> int:
        """How many boxes the level of a group has."""
        spare = place in self.spare
        return len(self.children.get(place, ())) + len(self.own.get(place, ())) + spare

    def path(self, place: int) -> list[int]:
        """A group's ancestors from the outermost, and itself."""
        found = [place] if place != TOP else []
        while found and self.columns.parent[found[-1]] != TOP:
            found.append(self.columns.parent[found[-1]])
        return found[::-1]

    def find(self, number: int) -> int | None:
        """The place of a node by its id."""
        return place_of(self.columns, number)

    def named(self, name: str) -> int | None:
        """The place of a group by its id, None where it has no such or none of it is left."""
        return group_named(self.columns, name)


def group_named(columns: Columns, name: str) -> int | None:
    """The place of the group with that id, None where there is none or it is empty."""
    digits = name[1:]
    if not name.startswith("g") or not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    place = int(digits)
    return place if place < len(columns.parent) and columns.nodes[place] else None


@lru_cache(maxsize=2)
def recorded(columns: Columns) -> Forest:
    """The forest of a record; the two newest are kept, for what is opened next is most often in the same."""
    return grow(columns, {})


def grow(
    columns: Columns, detailed: Mapping[int, Node], keep: frozenset[int] = frozenset(), *, whole: bool = True
) -> Forest:
    """The forest over columns; `keep` are the ids of nodes that never fold, `whole` says that nothing was left out."""
    places = {number: place for place, number in enumerate(columns.ids)}
    roots = frozenset(places[number] for number in columns.roots if number in places)
    tails = tails_of(columns)
    away = _away(columns, tails, roots | {places[number] for number in keep if number in places})
    children, own, first = _tree(columns, away)
    standing, uses = _edges(columns, tails, away)
    return Forest(
        columns=columns,
        detailed=detailed,
        roots=roots,
        children=children,
        own=own,
        first=first,
        spare=_spare(columns, children) if whole else {},
        away=away,
        tails=array("q", map(tails.__getitem__, standing)),
        heads=array("q", map(columns.heads.__getitem__, standing)),
        edges=array("q", standing),
        uses=uses,
        users=array("q", [tail for tail, used in uses.items() for _ in used]),
        used=array("q", [head for used in uses.values() for head, _ in used]),
        leaves=array("q", [away[head][-1] for used in uses.values() for head, _ in used]),
    )


def _tree(
    columns: Columns, away: Mapping[int, tuple[int, ...]]
) -> tuple[dict[int, list[int]], dict[int, list[int]], dict[int, int]]:
    """Each level's groups and nodes in the order in which they were met, and each group's first node."""
    children: dict[int, list[int]] = defaultdict(list)
    own: dict[int, list[int]] = defaultdict(list)
    first: dict[int, int] = {}
    for place, group in enumerate(columns.group):
        if place not in away:
            own[group].append(place)
        if group not in first:
            first[group] = place
    for group in range(len(columns.parent) - 1, TOP, -1):
        parent = columns.parent[group]
        if columns.nodes[group]:
            children[parent].append(group)
            first.setdefault(group, len(columns.ids) + group)
            first[parent] = min(first.get(parent, first[group]), first[group])
    for group, inside in children.items():
        children[group] = sorted(inside, key=first.__getitem__)
    return dict(children), dict(own), first


def _edges(
    columns: Columns, tails: "array[int]", away: Mapping[int, tuple[int, ...]]
) -> tuple[list[int], dict[int, list[tuple[int, int]]]]:
    """The edges between nodes that stand for themselves, and those to nodes that fold away, by their tails."""
    standing: list[int] = []
    uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge, (tail, head) in enumerate(zip(tails, columns.heads, strict=True)):
        if head == NONE or tail == head or tail in away:
            continue
        if head in away:
            uses[tail].append((head, edge))
        else:
            standing.append(edge)
    return standing, dict(uses)


def _away(columns: Columns, tails: "array[int]", keep: frozenset[int] | set[int]) -> dict[int, tuple[int, ...]]:
    """Leaves, and views whose only head is one: those fold into their users that are used within their own group."""
    views = {place for place, text in enumerate(columns.texts) if text in VIEWS}
    candidates = {place for place, kind in enumerate(columns.kind) if kind == LEAF}
    candidates -= set(tails)
    if not candidates:
        return {}
    candidates |= {place for place, name in enumerate(columns.name) if name in views} if views else set()
    candidates &= set(columns.heads)
    candidates -= keep
    group = columns.group
    for tail, head in zip(tails, columns.heads, strict=True):
        if head in candidates and group[tail] != group[head] and not _holds(columns, group[head], group[tail]):
            candidates.discard(head)
    away: dict[int, tuple[int, ...]] = {place: (place,) for place in candidates if columns.kind[place] == LEAF}
    only: dict[int, list[int]] = defaultdict(list)
    for place in candidates:
        start = columns.ends[place - 1] if place else 0
        if place not in away and columns.ends[place] - start == 1:
            only[columns.heads[start]].append(place)
    waiting = list(away)
    while waiting:
        head = waiting.pop()
        for place in only.get(head, ()):
            if place not in away and len(away[head]) <= len(VIEWS):
                away[place] = (place, *away[head])
                waiting.append(place)
    return away


def _holds(columns: Columns, outer: int, inner: int) -> bool:
    """Whether a group is or holds another; a parent's place is before its children's."""
    while inner > outer:
        inner = columns.parent[inner]
    return inner == outer


def _spare(columns: Columns, children: Mapping[int, list[int]]) -> dict[int, int]:
    """How many nodes each level holds beyond those recorded and beyond its children's."""
    counts: dict[int, int] = defaultdict(int)
    for group in columns.group:
        counts[group] += 1
    for group, inside in children.items():
        counts[group] += sum(map(columns.nodes.__getitem__, inside))
    spare = {group: told - counts.get(group, 0) for group, told in enumerate(columns.nodes)}
    spare[TOP] = columns.total_nodes - counts.get(TOP, 0)
    return {group: missing for group, missing in spare.items() if missing > 0}
