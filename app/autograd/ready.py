"""Which node the engine goes to next: of those whose tails are all done, the one that was made last.

Source: torch/csrc/autograd/engine.cpp, `CompareNodeTaskTime`: leaves first, then the highest sequence number.
"""

from collections.abc import Collection, Iterable
from typing import Any

from .walk import Walk


def next_in_line(walked: Walk, done: Collection[int], targets: Iterable[Any] | None) -> int | None:
    """The position of the node that is next, or None where nothing is left to do.

    `targets` are the nodes a backward was asked to reach, None where it goes on to every leaf.
    """
    waiting: set[int] = set()
    wanted = _wanted(walked, targets)
    for tail, head, _ in walked.edges():
        if tail not in done:
            waiting.add(head)
    ready = [at for at in wanted if at not in done and at not in waiting]
    return max(ready, key=lambda at: (walked.order[at]._sequence_nr(), -at), default=None)


def _wanted(walked: Walk, targets: Iterable[Any] | None) -> list[int]:
    """The positions of the nodes from which a target can be reached, in visit order."""
    if targets is None:
        return list(range(len(walked.order)))
    index = {node: at for at, node in enumerate(walked.order)}
    tails: dict[int, list[int]] = {}
    for tail, head, _ in walked.edges():
        tails.setdefault(head, []).append(tail)
    found = {index[node] for node in targets if node in index}
    open_ends = list(found)
    while open_ends:
        for tail in tails.get(open_ends.pop(), ()):
            if tail not in found:
                found.add(tail)
                open_ends.append(tail)
    return sorted(found)
