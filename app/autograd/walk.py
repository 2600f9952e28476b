"""A grad_fn -> every node and edge behind it, through next_functions. A loop, never recursion: any depth will do.

Knows nothing of names in the learner's code, of events or of drawing.
Source: https://docs.pytorch.org/docs/stable/notes/autograd.html, "How autograd encodes the history".
"""

import gc
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

GradFn = Any
"""torch.autograd.graph.Node; the C++ classes share no Python base that carries their attributes."""


@dataclass(slots=True)
class Walk:
    """Nodes in visit order (breadth first from the roots, which come first) and the edges between them, as columns.

    The edges of node `n` are the entries from `ends[n - 1]` (0 for the first) up to `ends[n]`: `heads` holds the
    position in `order` of the node an edge leads to, `output_nrs` which of that node's outputs it consumes. An edge to
    nothing (a constant, a number) has no entry. While this object lives, the graph lives. A walk that is not `whole`
    has the first nodes alone, and the edges between them.
    """

    order: list[GradFn]
    roots: int
    heads: "array[int]"
    output_nrs: "array[int]"
    ends: "array[int]"
    whole: bool = True

    def names(self) -> list[str]:
        """Each node's name, `type(grad_fn).__name__`, in visit order."""
        return list(map(_ClassNames().__getitem__, map(type, self.order)))

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Each edge as (tail, head, output_nr), by tail: tail -> head are positions in `order`."""
        start = 0
        for tail, end in enumerate(self.ends):
            for entry in range(start, end):
                yield tail, self.heads[entry], self.output_nrs[entry]
            start = end

    def routes(self, count: int) -> Iterator[tuple[int, int, int, int]]:
        """The edges of the first `count` nodes as (tail, input_nr, head, output_nr).

        `input_nr` is the edge's place in the tail's next_functions, which are read again: a walk keeps no empty ones.
        """
        entry = 0
        for tail, node in enumerate(self.order[:count]):
            for input_nr, (head_node, output_nr) in enumerate(node.next_functions):
                if head_node is not None:
                    yield tail, input_nr, self.heads[entry], output_nr
                    entry += 1


class _ClassNames(dict[type, str]):
    """Names of classes, each asked for once."""

    def __missing__(self, cls: type) -> str:
        name = self[cls] = cls.__name__
        return name


def walk(roots: Iterable[GradFn], most: int | None = None) -> Walk:
    """Every node reachable from `roots`, each once, however many paths lead to it; or the first so many.

    The visited table is keyed by the node objects themselves: an id() could be given to another node meanwhile.
    """
    order: list[GradFn] = list(dict.fromkeys(roots))
    was_on = gc.isenabled()
    gc.disable()  # a full collection inside a walk costs several times the walk
    try:
        return _visit(order) if most is None else _cut(_visit(order, most), most)
    finally:
        if was_on:
            gc.enable()


def _visit(order: list[GradFn], most: int | None = None) -> Walk:
    """The walk from `order`, which grows while it is walked."""
    index = {node: position for position, node in enumerate(order)}
    root_count = size = len(order)
    heads, output_nrs, ends = array("i"), array("i"), array("i")  # of so many numbers objects would cost the most
    place, visit = index.setdefault, order.append
    add_head, add_output_nr, add_end = heads.append, output_nrs.append, ends.append
    for node in order if most is None else islice(order, most):
        for head_node, output_nr in node.next_functions:
            if head_node is None:
                continue
            head = place(head_node, size)
            if head == size:
                size += 1
                visit(head_node)
            add_head(head)
            add_output_nr(output_nr)
        add_end(len(heads))
    return Walk(order, root_count, heads, output_nrs, ends)


def _cut(walked: Walk, most: int) -> Walk:
    """The walk without the nodes behind the first so many, and without the edges to them."""
    if len(walked.order) <= most:
        return walked
    heads, output_nrs, ends = array("i"), array("i"), array("i")
    start = 0
    for end in walked.ends:
        inside = [entry for entry in range(start, end) if walked.heads[entry] < most]
        heads.extend([walked.heads[entry] for entry in inside])
        output_nrs.extend([walked.output_nrs[entry] for entry in inside])
        ends.append(len(heads))
        start = end
    return Walk(walked.order[:most], min(walked.roots, most), heads, output_nrs, ends, whole=False)


def outer_roots(candidates: Iterable[GradFn], most: int | None = None) -> list[GradFn]:
    """Those of `candidates` that no other candidate leads to, in their order: where a drawing starts.

    With `most`, paths are followed over so many nodes only.
    """
    starts = list(dict.fromkeys(candidates))
    if len(starts) <= 1:
        return starts
    reached = walk(starts, most)
    inner = set(reached.heads)
    return [node for position, node in enumerate(reached.order[: reached.roots]) if position not in inner]
