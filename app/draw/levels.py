"""The links of each open level, and where they cross its border.

An edge of the graph lies in the innermost level that holds both of its ends; on its way to them it crosses the frames
that are open, each at a port.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress, count
from operator import ne

from .forest import Forest
from .spots import Spots

CARRIED = 64
"""Edges of torch's that a link names one by one; a page has no room for more gradients on it."""


@dataclass(slots=True)
class Span:
    """A piece of a link within one level.

    `tail` and `head` are boxes or open groups of the level, "" where the piece begins or ends at the level's border;
    `start` and `end` are the two that the whole link joins in the level where it lies: they name its ports. `edges` are
    the first of those it stands for, each by its tail and input_nr, `count` is how many there are, and `output` the
    one output of the head that all of them take, None where they differ.
    """

    tail: str
    head: str
    start: str
    end: str
    count: int = 0
    output: int | None = None
    edges: list[tuple[int, int]] = field(default_factory=list)

    def carry(self, edges: list[tuple[int, int]], count: int, output: int | None) -> None:
        """Takes `count` more edges, the first of which are `edges`."""
        self.output = output if not self.count or self.output == output else None
        self.count += count
        self.edges += edges[: CARRIED - len(self.edges)]

    @property
    def words(self) -> str:
        """What stands beside it."""
        return f"× {self.count}" if self.count > 1 else f"output {self.output}" if self.output else ""


@dataclass(slots=True)
class Level:
    """What stands directly in a group: keys of boxes and of open groups in order, and the pieces of links."""

    keys: list[str]
    spans: dict[tuple[str, str, str, str], Span] = field(default_factory=dict)

    def span(self, tail: str, head: str, start: str, end: str) -> Span:
        """The piece between the two that belongs to that link."""
        return self.spans.setdefault((tail, head, start, end), Span(tail, head, start, end))


def level_out(spots: Spots) -> tuple[dict[int, Level], list[Span]]:
    """Each open level by its group, and each two boxes that edges join, wherever they stand."""
    columns = spots.forest.columns
    levels = {group: Level(list(map(spots.key, inside))) for group, inside in spots.levels.items()}
    pairs: list[Span] = []
    for (tail, head), edges in _joined(spots).items():
        names = spots.key(tail), spots.key(head)
        carried = [(columns.ids[place], columns.input_nrs[edge]) for place, edge in edges[:CARRIED]]
        outputs = {columns.output_nrs[edge] for _, edge in edges}
        output = outputs.pop() if len(outputs) == 1 else None
        pairs.append(Span(*names, *names))
        for span in [pairs[-1], *_pieces(spots, levels, tail, head)]:
            span.carry(carried, len(edges), output)
    return levels, pairs


def _joined(spots: Spots) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """The edges between two spots, by their tail and place, in order; those folded away are the boxes' chips."""
    forest: Forest = spots.forest
    joined: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    tails = list(map(spots.of.__getitem__, forest.tails))
    heads = list(map(spots.of.__getitem__, forest.heads))
    for place in compress(count(), map(ne, tails, heads)):
        joined[tails[place], heads[place]].append((forest.tails[place], forest.edges[place]))
    for tail, head, edge in dict.fromkeys(spots.unfolded_edges()):
        if spots.of[tail] != spots.of[head]:
            joined[spots.of[tail], spots.of[head]].append((tail, edge))
    return joined


def _pieces(spots: Spots, levels: dict[int, Level], tail: int, head: int) -> Iterator[Span]:
    """The pieces of the link between two spots, from the level that holds both down into the frames."""
    down, up = spots.path(tail), spots.path(head)
    common = sum(1 for one, other in zip(down, up, strict=False) if one == other)
    froms = [*(f"g{group}" for group in down[common:]), spots.key(tail)]
    tos = [*(f"g{group}" for group in up[common:]), spots.key(head)]
    start, end = froms[0], tos[0]
    yield levels[down[common - 1]].span(start, end, start, end)
    for level, inner in zip(down[common:], froms[1:], strict=True):
        yield levels[level].span(inner, "", start, end)
    for level, inner in zip(up[common:], tos[1:], strict=True):
        yield levels[level].span("", inner, start, end)
