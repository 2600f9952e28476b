"""A graph event as columns: one shape for every graph that is drawn in groups, whether its record is at hand or not.

A child's events are forgeable: ids may repeat, edges and groups may lead nowhere. What is unsound is left out here.
"""

from array import array
from itertools import accumulate
from typing import Any

from ..events import Columns, Graph, Group, Node
from ..events.columns import GROUP_KINDS, KINDS, MOST_DEPTH, NONE

MOST_NODES = 2**53
WORDS = ("name", "variable", "dtype", "function", "module")


def flatten(graph: Graph) -> Columns:
    """The event's nodes by ascending id, the edges between them, and its groups, each after its parent."""
    nodes = {node.id: node for node in reversed(graph.nodes)}
    ordered = [nodes[number] for number in sorted(nodes)]
    place = {node.id: where for where, node in enumerate(ordered)}
    edges = [edge for edge in graph.edges if edge.tail in place and edge.head in place and edge.tail != edge.head]
    edges.sort(key=lambda edge: place[edge.tail])
    groups = {group.id: where for where, group in reversed(list(enumerate(graph.groups)))}
    texts, shapes, lists = _Places(), _Places(), _Places()
    counted = [0] * len(ordered)
    for edge in edges:
        counted[place[edge.tail]] += 1
    of_nodes = _of_nodes(ordered, texts, shapes, groups)
    of_groups = _of_groups(graph.groups, texts, shapes, lists, groups)
    of_groups["nodes"] = _counts(of_groups["nodes"], of_groups["parent"], of_nodes["group"])
    return Columns(
        total_nodes=max(graph.total_nodes, len(ordered)),
        roots=tuple(number for number in graph.roots if number in place),
        missing=graph.missing,
        opened=tuple(groups[name] for name in graph.opened if name in groups),
        ends=array("q", accumulate(counted)),
        heads=array("q", [place[edge.head] for edge in edges]),
        output_nrs=array("q", [edge.output_nr for edge in edges]),
        input_nrs=array("q", [edge.input_nr for edge in edges]),
        **of_nodes,
        **of_groups,
        texts=tuple(texts),
        shapes=tuple(shapes),
        shape_lists=tuple(lists),
    )


class _Places(dict[Any, int]):
    """Things by the place each was given when it was first met."""

    def of(self, thing: Any) -> int:
        return NONE if thing is None else self.setdefault(thing, len(self))


def _of_nodes(nodes: list[Node], texts: _Places, shapes: _Places, groups: dict[str, int]) -> dict[str, "array[int]"]:
    columns = {name: array("q", [texts.of(getattr(node, name)) for node in nodes]) for name in WORDS}
    for name in ("line", "column", "end_line", "end_column", "sequence_nr"):
        told = (getattr(node, name) for node in nodes)
        columns[name] = array("q", [NONE if number is None else number for number in told])
    columns["ids"] = array("q", [node.id for node in nodes])
    columns["kind"] = array("q", [KINDS.index(node.kind) for node in nodes])
    columns["shape"] = array("q", [shapes.of(node.shape) for node in nodes])
    columns["group"] = array("q", [NONE if node.group is None else groups.get(node.group, NONE) for node in nodes])
    return columns


def _of_groups(
    told: tuple[Group, ...], texts: _Places, shapes: _Places, lists: _Places, groups: dict[str, int]
) -> dict[str, "array[int]"]:
    columns: dict[str, array[int]] = {}
    for name in ("nodes", "repeats", "inputs", "outputs", "parameters", "elements", "first_line", "last_line"):
        numbers = (getattr(group, name) for group in told)
        columns[name] = array("q", [NONE if number is None else number for number in numbers])
    for name in ("input_shapes", "output_shapes"):
        each = (tuple(shapes.of(shape) for shape in getattr(group, name)) for group in told)
        columns[name] = array("q", [lists.of(places) for places in each])
    columns["parent"] = _parents([NONE if group.parent is None else groups.get(group.parent, NONE) for group in told])
    columns["group_kind"] = array("q", [GROUP_KINDS.index(group.kind) for group in told])
    columns["label"] = array("q", [texts.of(group.label) for group in told])
    return columns


def _counts(told: "array[int]", parents: "array[int]", group_of: "array[int]") -> "array[int]":
    """How many nodes each group holds: as many as are told, but never fewer than stand in it."""
    inside = [0] * len(told)
    for group in group_of:
        if group != NONE:
            inside[group] += 1
    for group in range(len(told) - 1, -1, -1):
        inside[group] = min(max(inside[group], told[group]), MOST_NODES)
        if parents[group] != NONE:
            inside[parents[group]] += inside[group]
    return array("q", inside)


def _parents(told: list[int]) -> "array[int]":
    """Each group's parent: one before it, and none deeper than groups may lie in each other."""
    parents = array("q")
    depth: list[int] = []
    for where, parent in enumerate(told):
        outer = parent if parent < where else NONE
        if outer != NONE and depth[outer] == MOST_DEPTH:
            outer = parents[outer]
        parents.append(outer)
        depth.append(1 if outer == NONE else depth[outer] + 1)
    return parents
