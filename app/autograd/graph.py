"""A reading of a walk -> the graph event: nodes with names, shapes and saved tensors, the edges between them, groups.

Knows nothing of how places are found out: whoever holds the learner's source answers through `Places`.
"""

from collections.abc import Sequence
from typing import Any, Literal

import torch

from ..events import MAX_NODES, Edge, Graph, Node, fits
from ..grouping.opening import opened, outermost, shown_first, told_groups
from .formulas import formula_of
from .keeping import Kept
from .names import Names
from .places import Places
from .reading import ACCUMULATES, Reading, read
from .saved import saved_of
from .values import dtype_name, value_of
from .walk import Walk

Kind = Literal["function", "accumulate_grad", "custom", "undefined"]
Reason = Literal["backward", "grad", "final"]
MAX_EDGES = 40_000
MAX_DETAILED = 300
"""Nodes up to which values travel with the graph; a larger drawing has no room for them."""
MAX_SHOWN_VALUES = 64
MAX_READ = 2**18
"""Elements of a value up to which its statistics travel with the graph, too; its report has them in any case."""
MAX_NAME = 200


def accumulators_of(nodes: Sequence[Any]) -> list[tuple[Any, torch.Tensor]]:
    """Each AccumulateGrad among `nodes` with the leaf it fills, in visit order."""
    return [(node, node.variable) for node in nodes if type(node) is ACCUMULATES]


def leaves_of(nodes: Sequence[Any]) -> list[torch.Tensor]:
    """The leaves that the AccumulateGrad nodes among `nodes` fill, in visit order."""
    return [leaf for _, leaf in accumulators_of(nodes)]


def leaf_positions(nodes: Sequence[Any]) -> list[int]:
    """The positions of the AccumulateGrad nodes among `nodes`."""
    return [position for position, node in enumerate(nodes) if type(node) is ACCUMULATES]


def describe(walked: Walk, names: Names, places: Places, *, index: int, reason: Reason, line: int | None) -> Graph:
    """The graph event of a walk, of which nothing more stays than it carries."""
    return graph_of(read(walked, names, places), index=index, reason=reason, line=line)


def graph_of(
    reading: Reading,
    *,
    index: int,
    reason: Reason,
    line: int | None,
    kept: Kept | None = None,
    missing: str = "",
) -> Graph:
    """The graph event, with at most MAX_NODES nodes: of what is open first, then the first in visit order.

    `kept` is what of a larger graph stays with the run.
    """
    tree, total = reading.tree, len(reading.walked.order)
    sent = outermost(tree.parent, kept.groups if kept else range(len(tree.parent)), MAX_NODES)
    ids = {group: f"g{kept.number[group] if kept else place}" for place, group in enumerate(sent)}
    open_first = [group for group in opened(tree) if group in ids]
    positions = range(total) if total <= MAX_NODES else shown_first(tree, open_first, MAX_NODES)
    edges = edges_among(reading, positions)
    detailed = total <= MAX_DETAILED
    return Graph(
        index=index,
        reason=reason,
        line=line,
        roots=tuple(range(min(reading.walked.roots, len(positions)))),
        nodes=tuple(_node(reading, position, ids, detailed) for position in positions),
        edges=tuple(edges[:MAX_EDGES]),
        groups=told_groups(tree, ids, reading.shape),
        opened=tuple(ids[group] for group in open_first),
        total_nodes=total,
        truncated=len(positions) < total or len(edges) > MAX_EDGES or not reading.walked.whole,
        recorded=len(positions) if kept is None else len(kept.nodes),
        missing=missing,
    )


def edges_among(reading: Reading, positions: Sequence[int]) -> list[Edge]:
    """The edges among some nodes, sorted by tail. Their places in next_functions are read again: a walk has none."""
    walked, inside = reading.walked, set(positions)
    edges: list[Edge] = []
    for tail in positions:
        entry = walked.ends[tail - 1] if tail else 0
        for input_nr, (head_node, output_nr) in enumerate(walked.order[tail].next_functions):
            if head_node is None:
                continue
            head = walked.heads[entry]
            entry += 1
            if head in inside:
                edges.append(Edge(tail=tail, head=head, output_nr=output_nr, input_nr=input_nr))
    return edges


def _group(reading: Reading, position: int, ids: dict[int, str]) -> str | None:
    """The innermost of the groups told in which a node stands."""
    group = int(reading.tree.of_node[position])
    while group >= 0 and group not in ids:
        group = reading.tree.parent[group]
    return ids.get(group)


def _node(reading: Reading, position: int, ids: dict[int, str], detailed: bool) -> Node:
    node = reading.walked.order[position]
    kind = kind_of(node)
    group = _group(reading, position, ids)
    if kind == "accumulate_grad":
        return _leaf(reading, position, group, detailed)
    site = reading.origins.site_of(position)
    made = reading.made.get(position)
    name = made.name if made else reading.origins.name_at(position)
    number = int(reading.wires.numbers[position])
    shape, dtype = reading.output(position)
    module = reading.origins.module_at(position)
    cls = type(node).__name__
    return Node(
        id=position,
        name=fits(cls, MAX_NAME),
        kind=kind,
        variable=name and fits(name, MAX_NAME),
        shape=shape,
        dtype=dtype,
        line=site.line if site else None,
        column=site.column if site else None,
        end_line=site.end_line if site else None,
        end_column=site.end_column if site else None,
        function=fits(site.function, MAX_NAME) if site and site.function else None,
        module=module and fits(module, MAX_NAME),
        formula=formula_of(cls, custom=kind == "custom"),
        saved=saved_of(node, values=detailed),
        sequence_nr=number if number >= 0 else None,
        value=value_of(made.tensor, values=MAX_SHOWN_VALUES, statistics=MAX_READ) if made and detailed else None,
        group=group,
    )


def _leaf(reading: Reading, position: int, group: str | None, detailed: bool) -> Node:
    leaf = reading.walked.order[position].variable
    found = reading.names.tensors.get(id(leaf))
    return Node(
        id=position,
        name="AccumulateGrad",
        kind="accumulate_grad",
        variable=fits(found.name, MAX_NAME) if found else None,
        shape=tuple(leaf.shape),
        dtype=dtype_name(leaf),
        line=reading.places.line(found) if found else None,
        formula=formula_of("AccumulateGrad"),
        value=value_of(leaf, values=MAX_SHOWN_VALUES, statistics=MAX_READ) if detailed else None,
        group=group,
    )


def kind_of(node: Any) -> Kind:
    """What sort of node it is."""
    name = type(node).__name__
    if name == "AccumulateGrad":
        return "accumulate_grad"
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        return "custom"
    return "undefined" if name.startswith("UndefinedGrad") else "function"
