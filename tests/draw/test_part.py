"""What stands in a group, told as an event."""

from dataclasses import replace

from app.draw.flat import flatten
from app.draw.part import everything, inside
from app.events import MAX_NODES, Group, decode, encode

from .graphs import block, graph, node, transformer, unrolled


def test_a_group_is_told_with_its_nodes_and_the_edges_at_them() -> None:
    told = inside(block(), None, "g1")
    assert told is not None
    assert [node.id for node in told.nodes] == [3, 4, 5]
    assert [(edge.tail, edge.head) for edge in told.edges] == [(1, 3), (3, 6), (3, 4), (4, 5)]
    assert ([group.id for group in told.groups], told.total_nodes, told.truncated, told.roots) == (["g1"], 3, False, ())


def test_of_a_large_group_what_stands_directly_in_it_comes_first() -> None:
    told = inside(unrolled(2000), None, "g0")
    assert told is not None
    assert (len(told.nodes), told.total_nodes, told.truncated, told.recorded) == (MAX_NODES, 12_001, True, 12_001)
    assert any(node.variable == "h0" for node in told.nodes)
    assert len(told.groups) == MAX_NODES
    assert decode(encode(told)) == told


def test_there_is_no_other_group() -> None:
    assert [inside(block(), None, name) for name in ("g2", "encoder", "", "g-1")] == [None] * 4


def test_everything_is_the_event_itself_or_all_of_its_record() -> None:
    drawn = block()
    assert everything(drawn, None) is drawn
    assert everything(transformer(1), flatten(transformer(1))) == transformer(1)


def test_a_node_told_in_full_stands_in_the_group_its_record_names() -> None:
    drawn = block()
    coarse = replace(drawn, groups=(), nodes=tuple(replace(node, group=None, formula="f") for node in drawn.nodes))
    told = inside(coarse, flatten(drawn), "g1")
    assert told is not None
    assert [(node.formula, node.group) for node in told.nodes] == [("f", "g1")] * 3


def test_of_more_groups_than_an_event_holds_the_outermost_are_told() -> None:
    """Each of 1,500 blocks holds one group, and stands before it."""
    blocks = [Group(id=f"g{2 * n + 1}", parent="g0", kind="repeat", label="block", nodes=1) for n in range(1_500)]
    inner = [
        Group(id=f"g{2 * n + 2}", parent=f"g{2 * n + 1}", kind="line", label="line", nodes=1) for n in range(1_500)
    ]
    outer = Group(id="g0", parent=None, kind="module", label="all", nodes=1)
    groups = (outer, *(each for pair in zip(blocks, inner, strict=True) for each in pair))
    told = inside(replace(graph([node(0, "A", group="g2")], []), groups=groups), None, "g0")
    assert told is not None
    assert (len(told.groups), [each for each in told.groups if each.parent == "g0"]) == (MAX_NODES, blocks)


def test_no_more_edges_are_told_than_an_event_holds() -> None:
    hub = replace(
        graph([node(0, "A"), node(1, "B", group="g0")], [(0, 1)] * 40_001),
        groups=(Group(id="g0", parent=None, kind="line", label="line 1", nodes=1),),
    )
    told = inside(hub, None, "g0")
    assert told is not None
    assert (len(told.edges), told.truncated) == (40_000, True)
