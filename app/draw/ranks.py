"""Which row each box stands in, and how many rows an edge crosses: what decides whether a layout can be had in time.

Pure and linear in boxes and edges. Edges run from tail to head, tails above. A cycle, which only a forged graph has,
is cut where the walk meets it.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def ranks(boxes: Sequence[Key], edges: Iterable[tuple[Key, Key]]) -> dict[Key, int]:
    """The row of each box, from 0 at the top: as low as its heads allow, with loose ends pulled up to their tails.

    Pure longest-path ranks would squeeze a chain of sums to the top, far above the steps it adds; see the test.
    """
    order, below, above = _acyclic(boxes, edges)
    depth = max(_longest(order, above).values(), default=0)
    rank: dict[Key, int] = {}
    for box in reversed(order):
        rank[box] = min((rank[head] for head in below[box]), default=depth + 1) - 1
    loose = _loose(order, below, above)
    for box in order:
        if box in loose and above[box]:
            rank[box] = max(rank[tail] for tail in above[box]) + 1
    least = min(rank.values(), default=0)
    return {box: rank[box] - least for box in boxes}


def spine(boxes: Sequence[Key], edges: Sequence[tuple[Key, Key]]) -> set[int]:
    """The places in `edges` of each box's edge to its deepest head: the lines a reader follows, to be kept straight."""
    order, below, _ = _acyclic(boxes, edges)
    deep = _longest(list(reversed(order)), below)
    best: dict[Key, int] = {}
    for place, (tail, head) in enumerate(edges):
        if tail not in best or deep[head] > deep[edges[best[tail]][1]]:
            best[tail] = place
    return set(best.values())


def _acyclic(
    boxes: Sequence[Key], edges: Iterable[tuple[Key, Key]]
) -> tuple[list[Key], dict[Key, list[Key]], dict[Key, list[Key]]]:
    """The boxes, each after its tails, and each box's heads and tails without the edges that would close a cycle."""
    heads: dict[Key, list[Key]] = {box: [] for box in boxes}
    tails: dict[Key, list[Key]] = {box: [] for box in boxes}
    for tail, head in edges:
        if tail != head:
            heads[tail].append(head)
            tails[head].append(tail)
    order = _top_down(boxes, heads, tails)
    position = {box: place for place, box in enumerate(order)}
    below = {box: [head for head in heads[box] if position[head] > position[box]] for box in boxes}
    above = {box: [tail for tail in tails[box] if position[tail] < position[box]] for box in boxes}
    return order, below, above


def _top_down(boxes: Sequence[Key], heads: dict[Key, list[Key]], tails: dict[Key, list[Key]]) -> list[Key]:
    """The boxes, each after its tails."""
    waiting = {box: len(tails[box]) for box in boxes}
    ready = deque(box for box in boxes if not waiting[box])
    rest = iter(boxes)
    order: list[Key] = []
    placed: set[Key] = set()
    while len(order) < len(waiting):
        if not ready:
            ready.append(next(box for box in rest if box not in placed))
        box = ready.popleft()
        if box in placed:
            continue
        placed.add(box)
        order.append(box)
        for head in heads[box]:
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return order


def _longest(order: list[Key], before: dict[Key, list[Key]]) -> dict[Key, int]:
    """For each box the length of the longest path that ends in it; `order` holds each box after those before it."""
    length: dict[Key, int] = {}
    for box in order:
        length[box] = max((length[other] for other in before[box]), default=-1) + 1
    return length


def _loose(order: list[Key], below: dict[Key, list[Key]], above: dict[Key, list[Key]]) -> set[Key]:
    """Loose ends: boxes with nothing below, and boxes of one tail with only loose ends below."""
    loose: set[Key] = set()
    for box in reversed(order):
        if not below[box] or (len(above[box]) == 1 and all(head in loose for head in below[box])):
            loose.add(box)
    return loose
