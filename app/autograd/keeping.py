"""What of a graph too large for its event stays with the run: all, or of a huge one the first of all that repeats.

Of what does not stay in full the groups stay, each with the nodes at its two ends, so that it can be opened and is
seen to lead to the next.

Knows nothing of how it travels.
"""

from dataclasses import dataclass

import numpy as np

from ..events import MAX_RECORDED
from ..grouping.origins import NOWHERE
from ..grouping.prints import Numbers
from .reading import Reading

MOST_GROUPS = 60_000
MOST_EDGES = 900_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The nodes and groups that stay, ascending; `number` is a group's new one, by which its id is told."""

    nodes: Numbers
    groups: list[int]
    number: dict[int, int]


def keep(reading: Reading, most: int = MAX_RECORDED) -> Kept:
    """What stays of a graph: everything where it is few enough, else the ends of groups and the repeats' first blocks.

    Of groups with nothing left inside those stay that stand beside others, for their counts.
    """
    tree, total = reading.tree, len(reading.walked.order)
    order = np.lexsort((np.arange(total), _ranks(reading, most)))
    parent = np.asarray(tree.parent, np.int64)
    count = min(total, most)
    while True:
        nodes: Numbers = np.sort(order[:count])
        groups = _groups(nodes, tree.of_node, parent)
        inside = np.zeros(total, bool)
        inside[nodes] = True
        if count < 2 or (len(groups) <= MOST_GROUPS and inside[reading.wires.tails].sum() <= MOST_EDGES):
            return Kept(nodes, groups, {group: number for number, group in enumerate(groups)})
        count = count * 4 // 5


def _ranks(reading: Reading, most: int) -> Numbers:
    """What stays first has the lowest: the roots, the ends of groups, of large ones first, and then block by block."""
    tree, total = reading.tree, len(reading.walked.order)
    farthest = list(tree.block)
    for group, above in enumerate(tree.parent):
        if above >= 0:
            farthest[group] = max(farthest[group], farthest[above])
    ranks: Numbers = np.array([*farthest, 0], np.int64)[tree.of_node]
    if total > most:
        sizes = np.asarray(tree.nodes, np.int64)
        room = most // 4 if len(sizes) <= MOST_GROUPS else min(most // 4, MOST_GROUPS // 4)
        largest = np.argsort(-sizes, kind="stable")[:room][::-1]
        for ends in _ends(reading):
            ranks[ends[largest]] = NOWHERE - sizes[largest]
    ranks[: reading.walked.roots] = NOWHERE - total - 1
    return ranks


def _ends(reading: Reading) -> tuple[Numbers, Numbers]:
    """The first and the last node of each group."""
    of_node, parent = reading.tree.of_node, reading.tree.parent
    inside = np.flatnonzero(of_node >= 0)
    first, last = np.full(len(parent), len(of_node)), np.full(len(parent), NOWHERE)
    np.minimum.at(first, of_node[inside], inside)
    np.maximum.at(last, of_node[inside], inside)
    for group in range(len(parent) - 1, 0, -1):
        above = parent[group]
        if above >= 0:
            first[above], last[above] = min(first[above], first[group]), max(last[above], last[group])
    return first, last


def _groups(nodes: Numbers, of_node: Numbers, parent: Numbers) -> list[int]:
    """The groups around some nodes, and those that stand beside one of these."""
    around = np.zeros(len(parent) + 1, bool)
    around[-1] = True
    waiting = np.unique(of_node[nodes])
    while waiting.size:
        waiting = waiting[~around[waiting]]
        around[waiting] = True
        waiting = np.unique(parent[waiting])
    return np.flatnonzero(around[parent]).tolist() if len(parent) else []
