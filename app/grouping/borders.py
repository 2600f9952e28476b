"""What crosses the borders of groups: tensors that come in and go out, and the leaves used inside.

Groups are numbered so that what stands inside one has the numbers up to its `last`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .origins import NOWHERE
from .prints import Numbers

SHOWN_SHAPES = 4
Key = tuple[int, int]
"""A node and which of its outputs: one tensor."""
Users = dict[Key, list[int]]


@dataclass(slots=True)
class Borders:
    """For each group how many tensors come in and go out, the first of them, and its parameters and their elements."""

    inputs: list[int]
    outputs: list[int]
    coming: list[list[Key]]
    going: list[list[Key]]
    parameters: list[int]
    elements: list[int]


def lasts(parent: Sequence[int]) -> list[int]:
    """The largest number of a group inside each group, or its own."""
    last = list(range(len(parent)))
    for group in range(len(parent) - 1, -1, -1):
        above = parent[group]
        if above >= 0:
            last[above] = max(last[above], last[group])
    return last


def common(first: int, second: int, parent: Sequence[int], last: Sequence[int]) -> int:
    """The innermost group in which two groups stand, of which `first` has the smaller number."""
    while first >= 0 and last[first] < second:
        first = parent[first]
    return first


def settle(
    group: Numbers, away: Numbers, tails: Numbers, heads: Numbers, parent: Sequence[int], last: Sequence[int]
) -> None:
    """Gives each node that is `away` from the order, a leaf or a view of one, the innermost group of all its users."""
    users = tails[away[heads]], heads[away[heads]]
    beyond = len(parent)
    waiting = away.copy()
    while True:  # a view of a view is settled when its user is
        held = waiting[users[0]]
        blocked = np.zeros(len(group), bool)
        blocked[users[1][held]] = True
        ready = waiting & ~blocked
        if not ready.any():
            return
        mine = ready[users[1]]
        low = np.full(len(group), beyond, np.int64)
        high = np.full(len(group), NOWHERE, np.int64)
        np.minimum.at(low, users[1][mine], group[users[0][mine]])
        np.maximum.at(high, users[1][mine], group[users[0][mine]])
        low[low == beyond] = NOWHERE
        settled = np.flatnonzero(ready)
        group[settled] = low[settled]
        for node in settled[(low[settled] != high[settled])].tolist():
            group[node] = common(int(low[node]), int(high[node]), parent, last)
        waiting &= blocked


def crossings(users: Users, group: Numbers, parent: Sequence[int], last: Sequence[int]) -> Borders:
    """What crosses each border: `users` are those of each tensor that is used in another group than its own."""
    zeros = [[0] * len(parent) for _ in range(4)]
    told = Borders(zeros[0], zeros[1], [[] for _ in parent], [[] for _ in parent], zeros[2], zeros[3])
    mark = [-1] * len(parent)
    for number, (key, using) in enumerate(users.items()):
        made = int(group[key[0]])
        for user in using:
            while user >= 0 and mark[user] != number and not user <= made <= last[user]:
                mark[user] = number
                _add(told.inputs, told.coming, user, key)
                user = parent[user]
        low, high = min(using), max(using)
        while made >= 0 and not (made <= low and high <= last[made]):
            _add(told.outputs, told.going, made, key)
            made = parent[made]
    return told


def _add(counts: list[int], first: list[list[Key]], group: int, key: Key) -> None:
    counts[group] += 1
    if counts[group] <= SHOWN_SHAPES:
        first[group].append(key)


def users_across(
    group: Numbers, away: Numbers, edges: tuple[Numbers, Numbers, Numbers], ages: Numbers, roots: Sequence[int]
) -> Users:
    """The groups in which each tensor is used that leaves its own; a root is used outside of all.

    Shapes: `edges` are tails, heads and output numbers; `ages` tells in what order nodes were made.
    """
    tails, heads, output_nrs = edges
    across = np.flatnonzero((group[tails] != group[heads]) & ~away[heads])
    across = across[np.lexsort((output_nrs[across], ages[heads[across]]))]
    users: Users = {}
    columns = (each[across].tolist() for each in (heads, output_nrs, group[tails]))
    for head, output_nr, user in zip(*columns, strict=True):
        users.setdefault((head, output_nr), []).append(user)
    for root in roots:
        users.setdefault((root, 0), []).append(NOWHERE)
    return users


def leaves_inside(
    told: Borders,
    group: Numbers,
    uses: tuple[Numbers, Numbers],
    elements_of: Callable[[int], int],
    parent: Sequence[int],
) -> None:
    """Counts each group's parameters. Shapes: `uses` are the users of leaves, and the leaves, ascending."""
    mark = [-1] * len(parent)
    before, elements = -1, 0
    for user, leaf in zip(group[uses[0]].tolist(), uses[1].tolist(), strict=True):
        if leaf != before:
            before, elements = leaf, elements_of(leaf)
        while user >= 0 and mark[user] != leaf:
            mark[user] = leaf
            told.parameters[user] += 1
            told.elements[user] += elements
            user = parent[user]
