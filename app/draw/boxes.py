"""Spots -> boxes and frames with their words: a node's, a closed group's, a crowd's."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import compress
from operator import ne

from ..events import Node
from ..events.columns import GROUP_KINDS, NONE
from .folder import frame, group_box
from .forest import TOP, Forest
from .label import chips_of, crowd_box, node_box, unsent_box
from .picture import Box, Frame
from .spots import Spots

CHIPS = 8
MOST_NODES = 2_000
"""Ids that a closed group's box names."""
REPEAT = GROUP_KINDS.index("repeat")


def boxes_of(spots: Spots, carried: Iterable[int]) -> dict[int, Box]:
    """The box of each spot that is no open group; `carried` are the ids of nodes that the page knows."""
    inside: dict[int, list[int]] = defaultdict(list)
    for number in carried:
        place = spots.forest.find(number)
        if place is not None and not spots.is_node(spots.of[place]):
            inside[spots.of[place]].append(number)
    used = _used(spots)
    rooted = {spots.of[place] for place in spots.forest.roots}
    shown = {spot for level in spots.levels.values() for spot in level if spot not in spots.levels}
    made: dict[int, Box] = {}
    for spot in shown:
        chains = [tuple(map(spots.forest.node, chain)) for chain in sorted(used.get(spot, ()))]
        if spot >= spots.first_crowd:
            made[spot] = _crowd(spots, spot, inside[spot], chains)
        elif spot >= spots.first_node:
            made[spot] = _node(spots, spot, rooted)
        else:
            nodes = tuple(sorted(inside[spot])[:MOST_NODES]) or _first(spots, spot)
            made[spot] = group_box(
                spots.forest.group(spot),
                nodes=nodes,
                chains=chains,
                part=_part(spots.forest, spot),
                root=spot in rooted,
            )
    return made


def frames_of(spots: Spots) -> tuple[Frame, ...]:
    """The open groups, the outermost first."""
    opened = sorted(group for group in spots.levels if group != TOP)
    return tuple(frame(spots.forest.group(group), part=_part(spots.forest, group)) for group in opened)


def spare_boxes(spots: Spots) -> dict[int, Box]:
    """For each open level that holds more nodes than are recorded the box that says so."""
    spare = spots.forest.spare
    return {
        level: unsent_box(spare[level], box_id=f"unsent{level}" if level != TOP else "unsent", parent=_id(level))
        for level in spots.levels
        if level in spare
    }


def _first(spots: Spots, group: int) -> tuple[int, ...]:
    """A group's first node on record, where the page knows none of it."""
    place = spots.forest.first[group]
    return (spots.forest.columns.ids[place],) if place < len(spots.forest.columns.ids) else ()


def _id(level: int) -> str | None:
    return None if level == TOP else f"g{level}"


def _part(forest: Forest, group: int) -> bool:
    """Whether a group is one of the blocks of a repeat."""
    parent = forest.columns.parent[group]
    return parent != NONE and forest.columns.group_kind[parent] == REPEAT and forest.columns.repeats[parent] > 1


def _node(spots: Spots, spot: int, rooted: set[int]) -> Box:
    forest, place = spots.forest, spot - spots.first_node
    node = forest.node(place)
    folded = [] if place in spots.unfolded else [head for head, _ in forest.uses.get(place, ())]
    chains = [tuple(map(forest.node, forest.away[head])) for head in folded]
    return node_box(
        node,
        box_id=f"n{node.id}",
        root=spot in rooted,
        chips=chips_of(chains, CHIPS),
        parent=_id(spots.level(spot)),
    )


def _crowd(spots: Spots, spot: int, inside: list[int], chains: list[tuple[Node, ...]]) -> Box:
    columns, first = spots.forest.columns, spots.first_node
    crowd = spots.crowds[spot - spots.first_crowd]
    held = sum(columns.nodes[each] if each < first else 1 for each in crowd.spots)
    met = (spots.forest.first[each] if each < first else each - first for each in crowd.spots)
    ids = [columns.ids[place] for place in met if place < len(columns.ids)]
    return crowd_box(
        len(crowd.spots),
        held,
        tuple(sorted(inside or ids)[:MOST_NODES]),
        chips=chips_of(chains, CHIPS),
        box_id=spots.key(spot),
        parent=_id(crowd.level),
    )


def _used(spots: Spots) -> dict[int, set[tuple[int, ...]]]:
    """For each closed group and each crowd the leaves from outside that it uses, each with what folds away between."""
    forest, of = spots.forest, spots.of
    nodes = range(spots.first_node, spots.first_crowd)  # asked for each edge, so not by a call of `is_node`
    users = list(map(of.__getitem__, forest.users))
    leaves = list(map(of.__getitem__, forest.leaves))
    firsts = [head if of[head] in nodes else leaf for head, leaf in zip(forest.used, forest.leaves, strict=True)]
    used: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for user, first, spot in set(compress(zip(users, firsts, leaves, strict=True), map(ne, users, leaves))):
        if user not in nodes and spot in nodes:
            chain = forest.away[first]
            used[user].add(tuple(place for place in chain if of[place] in nodes))
    return used
