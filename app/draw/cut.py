"""Which nodes of a large graph are drawn: those nearest the roots, the rest in one crowd per connected piece."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

CROWDS = 30
AROUND = 100


@dataclass(frozen=True, slots=True)
class Cut:
    """The nodes drawn, and the crowds left out, largest first."""

    drawn: frozenset[int]
    crowds: tuple[tuple[int, ...], ...]


def cut(nodes: list[int], edges: list[tuple[int, int]], roots: list[int], opened: list[int], most: int) -> Cut:
    """At most `most` boxes, crowds among them.

    Breadth first from the roots; each of `opened` brings up to 100 more from where it stands.
    """
    if len(nodes) <= most:
        return Cut(drawn=frozenset(nodes), crowds=())
    heads: dict[int, list[int]] = {node: [] for node in nodes}
    both: dict[int, list[int]] = {node: [] for node in nodes}
    for tail, head in edges:
        heads[tail].append(head)
        both[tail].append(head)
        both[head].append(tail)
    room = most - CROWDS
    drawn: set[int] = set()
    for seed in opened:
        _spread(heads, [seed], drawn, min(len(drawn) + AROUND, room))
    _spread(heads, [*roots, *nodes], drawn, room)
    return Cut(drawn=frozenset(drawn), crowds=_crowds(nodes, both, drawn))


def _spread(heads: dict[int, list[int]], seeds: Iterable[int], drawn: set[int], room: int) -> None:
    """Adds to `drawn` what is reached from the seeds, nearest first, up to `room` in all."""
    seen: set[int] = set()
    for seed in seeds:
        queue = deque([seed] if seed in heads and seed not in seen else [])
        while queue and len(drawn) < room:
            node = queue.popleft()
            if node in seen:
                continue
            seen.add(node)
            drawn.add(node)
            queue.extend(heads[node])
        if len(drawn) >= room:
            return


def _crowds(nodes: list[int], both: dict[int, list[int]], drawn: set[int]) -> tuple[tuple[int, ...], ...]:
    """The connected pieces of what is left, the smallest joined into one where there are too many."""
    seen = set(drawn)
    pieces: list[tuple[int, ...]] = []
    for start in nodes:
        if start in seen:
            continue
        seen.add(start)
        piece, queue = [], [start]
        while queue:
            node = queue.pop()
            piece.append(node)
            fresh = [other for other in dict.fromkeys(both[node]) if other not in seen]
            seen.update(fresh)
            queue.extend(fresh)
        pieces.append(tuple(sorted(piece)))
    pieces.sort(key=lambda piece: (-len(piece), piece))
    kept, rest = pieces[: CROWDS - 1], pieces[CROWDS - 1 :]
    return (*kept, tuple(sorted(node for piece in rest for node in piece))) if rest else tuple(kept)
