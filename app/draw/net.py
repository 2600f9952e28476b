"""A graph event as a net that can be walked: what a hostile or broken event holds beyond that is left out.

A child's events are forgeable: ids may repeat, edges may lead nowhere, a graph may have cycles.
"""

from collections import Counter
from dataclasses import dataclass

from ..events import Edge, Graph, Node


@dataclass(frozen=True, slots=True)
class Net:
    """The nodes by id, the edges between them, each node's heads in order, and how many edges end in each node."""

    nodes: dict[int, Node]
    edges: tuple[Edge, ...]
    heads: dict[int, tuple[int, ...]]
    uses: dict[int, int]
    roots: frozenset[int]


def net(graph: Graph) -> Net:
    """The graph's own nodes and the edges between two of them."""
    nodes: dict[int, Node] = {}
    for node in graph.nodes:
        nodes.setdefault(node.id, node)
    edges = tuple(edge for edge in graph.edges if edge.tail in nodes and edge.head in nodes and edge.tail != edge.head)
    heads: dict[int, list[int]] = {number: [] for number in nodes}
    for edge in edges:
        heads[edge.tail].append(edge.head)
    uses = Counter(edge.head for edge in edges)
    return Net(
        nodes=nodes,
        edges=edges,
        heads={number: tuple(each) for number, each in heads.items()},
        uses={number: uses[number] for number in nodes},
        roots=frozenset(graph.roots) & nodes.keys(),
    )
