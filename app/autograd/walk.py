"""A grad_fn -> every node and edge behind it, through next_functions. A loop, never recursion: any depth will do.

Knows nothing of names in the learner's code, of events or of drawing.
Source: https://docs.pytorch.org/docs/stable/notes/autograd.html, "How autograd encodes the history".
"""

import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

GradFn = Any
"""torch.autograd.graph.Node; the C++ classes share no Python base that carries their attributes."""


@dataclass(slots=True)
class Walk:
    """Nodes in visit order (breadth first from the roots, which come first) and the edges between them, as columns.

    The edges of node `n` are the entries from `ends[n - 1]` (0 for the first) up to `ends[n]`: `heads` holds the
    position in `order` of the node an edge leads to, `output_nrs` which of that node's outputs it consumes. An edge to
    nothing (a constant, a number) has no entry. While this object lives, the graph lives.
    """

    order: list[GradFn]
    roots: int
    heads: list[int]
    output_nrs: list[int]
    ends: list[int]

    def names(self) -> list[str]:
        """Each node's name, `type(grad_fn).__name__`, in visit order."""
        classes = list(map(type, self.order))
        names = {cls: cls.__name__ for cls in set(classes)}
        return list(map(names.__getitem__, classes))

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


def walk(roots: Iterable[GradFn]) -> Walk:
    """Every node reachable from `roots`, each once, however many paths lead to it.

    The visited table is keyed by the node objects themselves: an id() could be given to another node meanwhile.
    """
    order: list[GradFn] = list(dict.fromkeys(roots))
    was_on = gc.isenabled()
    gc.disable()  # a full collection inside a walk costs several times the walk
    try:
        return _visit(order)
    finally:
        if was_on:
            gc.enable()


def _visit(order: list[GradFn]) -> Walk:
    """The walk from `order`, which grows while it is walked."""
    index = {node: position for position, node in enumerate(order)}
    root_count = size = len(order)
    heads: list[int] = []
    output_nrs: list[int] = []
    ends: list[int] = []
    place, visit = index.setdefault, order.append
    add_head, add_output_nr, add_end = heads.append, output_nrs.append, ends.append
    for node in order:
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


def outer_roots(candidates: Iterable[GradFn]) -> list[GradFn]:
    """Those of `candidates` that no other candidate leads to, in their order: where a drawing starts."""
    reached = walk(candidates)
    inner = set(reached.heads)
    return [node for position, node in enumerate(reached.order[: reached.roots]) if position not in inner]
