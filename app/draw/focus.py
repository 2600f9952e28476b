"""Focus: only the part of a graph that answers one question is drawn.

`path:K` is what lies between node K and the roots, `reach:K` what K reaches on the way to the leaves, `grad` what leads
to a leaf at all.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, compress
from typing import Any

from ..events import Columns, Graph
from ..events.columns import KINDS, NONE, OF_NODES
from .flat import flatten

LEAF = KINDS.index("accumulate_grad")


class FocusError(LookupError):
    """What is asked to be looked at isn't in the graph."""

    def __init__(self, focus: str) -> None:
        super().__init__(
            f"The graph has no part {focus[:100]!r}. Ask for path:K or reach:K, K being the id of one of its nodes, "
            "or for grad."
        )


def focused(columns: Columns, focus: str) -> Columns:
    """The columns with only what is asked for; a group that has none of it left counts 0 nodes.

    Raises: FocusError.
    """
    word, _, number = focus.partition(":")
    if focus == "grad":
        return _narrow(
            columns, _spread(_tails(columns), [where for where, kind in enumerate(columns.kind) if kind == LEAF])
        )
    known = number.isascii() and number.isdigit() and len(number) < 16
    start = place_of(columns, int(number)) if known else None
    if start is None or word not in ("path", "reach"):
        raise FocusError(focus)
    return _narrow(columns, _spread(_tails(columns) if word == "path" else _heads(columns), [start]))


def focused_event(graph: Graph, focus: str) -> Graph:
    """The event with only what is asked for.

    Raises: FocusError.
    """
    kept = set(focused(flatten(graph), focus).ids)
    nodes = tuple(node for node in graph.nodes if node.id in kept)
    edges = tuple(edge for edge in graph.edges if edge.tail in kept and edge.head in kept)
    return replace(graph, nodes=nodes, edges=edges, total_nodes=len(nodes))


def place_of(columns: Columns, number: int) -> int | None:
    """Where a node of that id stands in the columns."""
    place = bisect_left(columns.ids, number)
    return place if place < len(columns.ids) and columns.ids[place] == number else None


def tails_of(columns: Columns) -> "array[int]":
    """The place of each edge's tail."""
    tails = array("q")
    start = 0
    for where, end in enumerate(columns.ends):
        tails.extend([where] * (end - start))
        start = end
    return tails


def _heads(columns: Columns) -> Callable[[int], Iterable[int]]:
    starts = (0, *columns.ends)
    return lambda node: columns.heads[starts[node] : starts[node + 1]]


def _tails(columns: Columns) -> Callable[[int], Iterable[int]]:
    found: list[list[int]] = [[] for _ in columns.ids]
    for tail, head in zip(tails_of(columns), columns.heads, strict=True):
        if head != NONE:
            found[head].append(tail)
    return found.__getitem__


def _spread(near: Callable[[int], Iterable[int]], starts: Sequence[int]) -> bytearray:
    """Marks all that is reached from the starts."""
    reached: set[int] = set(starts)
    waiting = list(starts)
    while waiting:
        for other in near(waiting.pop()):
            if other != NONE and other not in reached:
                reached.add(other)
                waiting.append(other)
    size = max(reached, default=NONE) + 1
    marks = bytearray(size)
    for where in reached:
        marks[where] = 1
    return marks


def _narrow(columns: Columns, marks: bytearray) -> Columns:
    marks = marks.ljust(len(columns.ids), b"\0")
    new = array("q", accumulate(marks, initial=0))
    starts = (0, *columns.ends)
    edges: list[int] = []
    ends = array("q")
    for old in compress(range(len(marks)), marks):
        heads = columns.heads[starts[old] : starts[old + 1]]
        edges += [edge for edge, head in enumerate(heads, starts[old]) if head != NONE and marks[head]]
        ends.append(len(edges))
    of_nodes = {name: array("q", compress(getattr(columns, name), marks)) for name in OF_NODES if name != "ends"}
    of_edges = {
        name: array("q", map(getattr(columns, name).__getitem__, edges)) for name in ("output_nrs", "input_nrs")
    }
    ids = set(of_nodes["ids"])
    changed: dict[str, Any] = {**of_nodes, **of_edges}
    return replace(
        columns,
        roots=tuple(filter(ids.__contains__, columns.roots)),
        heads=array("q", (new[columns.heads[edge]] for edge in edges)),
        ends=ends,
        nodes=_counts(columns, of_nodes["group"]),
        **changed,
    )


def _counts(columns: Columns, group: "array[int]") -> "array[int]":
    """How many nodes are left in each group, at any depth."""
    counts = array("q", [0]) * len(columns.parent)
    for where in group:
        if where != NONE:
            counts[where] += 1
    for where in range(len(counts) - 1, NONE, NONE):
        if columns.parent[where] != NONE:
            counts[columns.parent[where]] += counts[where]
    return counts
