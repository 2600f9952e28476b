"""Only the part of a graph that answers one question."""

import pytest

from app.draw.flat import flatten
from app.draw.focus import FocusError, focused, focused_event
from app.events import Columns

from .graphs import block, chain, graph, leaf, node


def kept(columns: Columns) -> list[int]:
    return columns.ids.tolist()


def test_the_path_of_a_leaf_is_what_lies_between_it_and_the_root() -> None:
    columns = focused(flatten(block()), "path:5")
    assert kept(columns) == [0, 1, 3, 4, 5]
    assert [columns.ids[head] for head in columns.heads] == [1, 3, 4, 5]
    assert columns.nodes.tolist() == [4, 3]


def test_what_a_node_reaches_are_the_nodes_on_its_way_to_the_leaves() -> None:
    assert kept(focused(flatten(block()), "reach:3")) == [3, 4, 5, 6]


def test_grad_leaves_out_what_leads_to_no_leaf() -> None:
    assert kept(focused(flatten(block()), "grad")) == [0, 1, 2, 3, 4, 5]


def test_an_event_is_cut_in_the_same_way() -> None:
    cut = focused_event(graph([node(0, "A"), node(1, "B"), leaf(2, "x")], [(0, 1), (0, 2)]), "path:2")
    assert ([each.id for each in cut.nodes], [(edge.tail, edge.head) for edge in cut.edges]) == ([0, 2], [(0, 2)])


def test_a_long_chain_and_a_cycle_come_to_an_end() -> None:
    assert len(kept(focused(flatten(chain(2000)), "path:1999"))) == 2000
    ring = graph([node(number, "A") for number in range(3)], [(0, 1), (1, 2), (2, 0)])
    assert kept(focused(flatten(ring), "reach:1")) == [0, 1, 2]


@pytest.mark.parametrize("focus", ["path:99", "path:", "path", "reach:-1", "nothing", "grad:1", "path:" + "9" * 30])
def test_what_is_not_there_is_refused_with_a_sentence(focus: str) -> None:
    with pytest.raises(FocusError, match="Ask for path:K or reach:K"):
        focused(flatten(block()), focus)
