"""What of a graph too large for its event stays with the run: all, or of a huge one the first of all that repeats.

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
    """What stays of a graph: everything where it is few enough, else the first blocks of each repeat.

    Of groups with nothing left inside those stay that stand beside others, for their counts.
    """
    tree, total = reading.tree, len(reading.walked.order)
    order = np.lexsort((np.arange(total), _blocks(reading)))
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


def _blocks(reading: Reading) -> Numbers:
    """For each node the farthest block it stands in, of all repeats around it; roots come first of all."""
    tree = reading.tree
    farthest = list(tree.block)
    for group, above in enumerate(tree.parent):
        if above >= 0:
            farthest[group] = max(farthest[group], farthest[above])
    blocks: Numbers = np.array([*farthest, 0], np.int64)[tree.of_node]
    blocks[: reading.walked.roots] = NOWHERE
    return blocks


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
