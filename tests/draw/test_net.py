"""A graph event's sound part."""

from app.draw.net import net

from .graphs import graph, node


def test_edges_that_lead_nowhere_loops_and_repeated_ids_are_left_out() -> None:
    web = net(graph([node(0, "A"), node(1, "B"), node(1, "C")], [(0, 1), (0, 1), (0, 0), (0, 9), (9, 1)], roots=(0, 9)))
    assert {number: item.name for number, item in web.nodes.items()} == {0: "A", 1: "B"}
    assert [(edge.tail, edge.head) for edge in web.edges] == [(0, 1), (0, 1)]
    assert (web.heads, web.uses, web.roots) == ({0: (1, 1), 1: ()}, {0: 0, 1: 2}, frozenset({0}))
