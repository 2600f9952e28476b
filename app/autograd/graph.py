"""A walk -> the graph event: its first nodes with names, shapes, places and saved tensors, and the edges between them.

Knows nothing of how places are found out: whoever holds the learner's source answers through `Places`.
"""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import torch

from ..events import MAX_NODES, Edge, Graph, Node, fits
from .formulas import formula_of
from .names import Found, Names, grad_fn_of
from .saved import saved_of
from .values import dtype_name, value_of
from .walk import Walk

Kind = Literal["function", "accumulate_grad", "custom", "undefined"]
Reason = Literal["backward", "grad", "final"]
Place = tuple[int, int, int, int]
"""line, column, end_line, end_column"""
NO_SEQUENCE_NR = 2**64 - 1
MAX_EDGES = 40_000
MAX_DETAILED = 300
"""Nodes up to which values travel with the graph; a larger drawing has no room for them."""
MAX_SHOWN_VALUES = 64
MAX_NAME = 200


class Places(Protocol):
    """Where a node was made: asked by its sequence number."""

    def place(self, number: int) -> tuple[Place, str | None] | None:
        """The expression's place and the function it stands in."""

    def target(self, number: int) -> str | None:
        """The name its expression was assigned to at once."""

    def module(self, number: int, names: Names) -> str | None:
        """The path of the module whose forward made it."""

    def line(self, found: Found) -> int | None:
        """The line where the variable was last assigned."""


def sequence_nr_of(node: Any) -> int | None:
    """Autograd's number of the node, or None for one that has none (AccumulateGrad)."""
    number = node._sequence_nr()
    return number if number != NO_SEQUENCE_NR else None


def accumulators_of(nodes: Sequence[Any]) -> list[tuple[Any, torch.Tensor]]:
    """Each AccumulateGrad among `nodes` with the leaf it fills, in visit order."""
    return [(node, node.variable) for node in nodes if type(node).__name__ == "AccumulateGrad"]


def leaves_of(nodes: Sequence[Any]) -> list[torch.Tensor]:
    """The leaves that the AccumulateGrad nodes among `nodes` fill, in visit order."""
    return [leaf for _, leaf in accumulators_of(nodes)]


def node_ids(nodes: Sequence[Any], names: Names) -> dict[int, int]:
    """Identity of each named tensor -> its node's id in a graph event; a leaf's is the AccumulateGrad that fills it."""
    nodes = nodes[:MAX_NODES]
    positions = {node: position for position, node in enumerate(nodes)}
    ids = {id(leaf): positions[node] for node, leaf in accumulators_of(nodes)}
    for found in names.tensors.values():
        position = positions.get(grad_fn_of(found.tensor))
        if position is not None:
            ids[id(found.tensor)] = position
    return ids


def describe(walked: Walk, names: Names, places: Places, *, index: int, reason: Reason, line: int | None) -> Graph:
    """The graph event of a walk, with at most MAX_NODES nodes: the first in visit order."""
    order = walked.order[:MAX_NODES]
    detailed = len(walked.order) <= MAX_DETAILED
    made = _made_by(order, names)
    edges = _first_edges(walked, len(order))
    return Graph(
        index=index,
        reason=reason,
        line=line,
        roots=tuple(range(min(walked.roots, len(order)))),
        nodes=tuple(
            _node(position, node, made.get(position), names, places, detailed) for position, node in enumerate(order)
        ),
        edges=tuple(edges[:MAX_EDGES]),
        total_nodes=len(walked.order),
        truncated=len(order) < len(walked.order) or len(edges) > MAX_EDGES,
    )


def _first_edges(walked: Walk, count: int) -> list[Edge]:
    """The edges among the first `count` nodes, sorted by tail."""
    return [
        Edge(tail=tail, head=head, output_nr=output_nr, input_nr=input_nr)
        for tail, input_nr, head, output_nr in walked.routes(count)
        if head < count
    ]


def _made_by(order: Sequence[Any], names: Names) -> dict[int, Found]:
    """Node id -> the named tensor it made; of several outputs the first."""
    ids = {node: position for position, node in enumerate(order)}
    made: dict[int, Found] = {}
    for found in names.tensors.values():
        position = ids.get(grad_fn_of(found.tensor))
        if position is None:
            continue
        if position not in made or found.tensor.output_nr < made[position].tensor.output_nr:
            made[position] = found
    return made


def _node(position: int, node: Any, made: Found | None, names: Names, places: Places, detailed: bool) -> Node:
    kind = kind_of(node)
    if kind == "accumulate_grad":
        return _leaf(position, node, names, places, detailed)
    number = sequence_nr_of(node)
    found_place = places.place(number) if number is not None else None
    (line, column, end_line, end_column), function = found_place or ((None, None, None, None), None)
    target = places.target(number) if number is not None else None
    shape, dtype = _output(node)
    name = made.name if made else target
    return Node(
        id=position,
        name=fits(type(node).__name__, MAX_NAME),
        kind=kind,
        variable=None if name is None else fits(name, MAX_NAME),
        shape=shape,
        dtype=dtype,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        function=function and fits(function, MAX_NAME),
        module=places.module(number, names) if number is not None else None,
        formula=formula_of(type(node).__name__, custom=kind == "custom"),
        saved=saved_of(node, values=detailed),
        sequence_nr=number,
        value=value_of(made.tensor, values=MAX_SHOWN_VALUES) if made and detailed else None,
    )


def _leaf(position: int, node: Any, names: Names, places: Places, detailed: bool) -> Node:
    leaf = node.variable
    found = names.tensors.get(id(leaf))
    return Node(
        id=position,
        name="AccumulateGrad",
        kind="accumulate_grad",
        variable=fits(found.name, MAX_NAME) if found else None,
        shape=tuple(leaf.shape),
        dtype=dtype_name(leaf),
        line=places.line(found) if found else None,
        formula=formula_of("AccumulateGrad"),
        value=value_of(leaf, values=MAX_SHOWN_VALUES) if detailed else None,
    )


def kind_of(node: Any) -> Kind:
    """What sort of node it is."""
    name = type(node).__name__
    if name == "AccumulateGrad":
        return "accumulate_grad"
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        return "custom"
    return "undefined" if name.startswith("UndefinedGrad") else "function"


def _output(node: Any) -> tuple[tuple[int, ...] | None, str | None]:
    """Shape and dtype of what the node made: the metadata of the gradients it takes."""
    try:
        metadata = node._input_metadata[0]
        return tuple(int(size) for size in metadata.shape), str(metadata.dtype).removeprefix("torch.")
    except (RuntimeError, IndexError, AttributeError, TypeError, ValueError):
        return None, None
