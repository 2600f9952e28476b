"""A part of a graph, told as its event tells the whole: what stands in one group, or everything there is on record."""

from collections.abc import Mapping
from dataclasses import replace

from ..events import MAX_NODES, Columns, Edge, Graph, Node
from ..events.columns import NONE
from .flat import flatten
from .focus import tails_of
from .forest import group_named
from .rows import group_of, node_of

MAX_EDGES = 40_000
"""What an event holds."""


def inside(graph: Graph, columns: Columns | None, name: str) -> Graph | None:
    """What stands in a group; None where the graph has no such.

    Its groups are itself and those below it: of more than 2,000 the outermost. Of more nodes than 2,000 those that
    stand directly in it come first; the edges are those with an end among its nodes.
    """
    columns = columns or flatten(graph)
    place = group_named(columns, name)
    if place is None:
        return None
    depth = {place: 0}
    for group, parent in enumerate(columns.parent):
        if parent in depth:
            depth[group] = depth[parent] + 1
    held = [where for where, group in enumerate(columns.group) if group in depth]
    nodes = sorted(sorted(held, key=lambda where: columns.group[where] != place)[:MAX_NODES])
    outermost = sorted(depth, key=lambda group: (depth[group], group))[:MAX_NODES]
    told = _told(graph, columns, nodes, sorted(outermost))
    return replace(
        told,
        roots=(),
        edges=told.edges[:MAX_EDGES],
        total_nodes=columns.nodes[place],
        truncated=len(nodes) < columns.nodes[place] or len(told.edges) > MAX_EDGES,
        recorded=len(held),
    )


def everything(graph: Graph, columns: Columns | None) -> Graph:
    """The event with all nodes, edges and groups on record."""
    if columns is None:
        return graph
    told = _told(graph, columns, list(range(len(columns.ids))), list(range(len(columns.parent))))
    return replace(told, truncated=len(columns.ids) < columns.total_nodes)


def _told(graph: Graph, columns: Columns, nodes: list[int], groups: list[int]) -> Graph:
    """The event with these rows instead of its own; a node that it told in full is told so again, in its own group."""
    known = {node.id: node for node in graph.nodes}
    chosen = set(nodes)
    edges = (
        Edge(
            tail=columns.ids[tail],
            head=columns.ids[head],
            output_nr=columns.output_nrs[edge],
            input_nr=columns.input_nrs[edge],
        )
        for edge, (tail, head) in enumerate(zip(tails_of(columns), columns.heads, strict=True))
        if head != NONE and (tail in chosen or head in chosen)
    )
    return replace(
        graph,
        nodes=tuple(_node(columns, where, known) for where in nodes),
        edges=tuple(edges),
        groups=tuple(group_of(columns, where) for where in groups),
        opened=tuple(f"g{where}" for where in columns.opened),
    )


def _node(columns: Columns, where: int, known: Mapping[int, Node]) -> Node:
    """The node there. Its event names the innermost group that it carries, which the record may divide further."""
    node = node_of(columns, where)
    told = known.get(node.id)
    return node if told is None else replace(told, group=node.group)
