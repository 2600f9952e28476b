"""A graph event as columns."""

from dataclasses import replace

from app.draw.flat import flatten
from app.draw.rows import group_of, node_of
from app.events import Group

from .graphs import block, graph, node, transformer


def test_every_node_and_group_comes_back_as_it_was() -> None:
    for drawn in (block(), transformer(2)):
        columns = flatten(drawn)
        assert [node_of(columns, place) for place in range(len(columns.ids))] == list(drawn.nodes)
        assert [group_of(columns, place) for place in range(len(columns.parent))] == list(drawn.groups)


def test_the_edges_stand_by_their_tails() -> None:
    columns = flatten(block())
    assert columns.heads.tolist() == [1, 3, 2, 6, 6, 4, 5]
    assert columns.ends.tolist() == [1, 4, 4, 6, 7, 7, 7]


def test_what_is_unsound_is_left_out() -> None:
    """An id twice, a loop, an edge to nowhere, a group below itself, nodes of no group."""
    nodes = [replace(node(7, "A"), group="g9"), node(7, "B"), replace(node(3, "C"), group="g0")]
    odd = replace(
        graph(nodes, [(7, 7), (7, 3), (3, 8)], roots=(8, 7)),
        groups=(
            Group(id="g0", parent="g1", kind="line", label="a", nodes=1),
            Group(id="g1", parent="g1", kind="line", label="b", nodes=1),
        ),
        opened=("g1", "g4"),
    )
    columns = flatten(odd)
    assert [(each.id, each.name, each.group) for each in (node_of(columns, 0), node_of(columns, 1))] == [
        (3, "C", "g0"),
        (7, "A", None),
    ]
    assert (columns.heads.tolist(), columns.roots, columns.opened) == ([0], (7,), (1,))
    assert columns.parent.tolist() == [-1, -1]


def test_groups_lie_no_deeper_in_each_other_than_a_record_allows() -> None:
    deep = [Group(id=f"g{n}", parent=f"g{n - 1}" if n else None, kind="line", label="a", nodes=1) for n in range(70)]
    columns = flatten(replace(graph([node(0, "A", group="g69")], []), groups=tuple(deep)))
    assert columns.parent.tolist() == [*range(-1, 63), *[62] * 6]
