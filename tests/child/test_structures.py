"""Each structure of a graph is told once."""

from .conftest import Observed

LOOP = "w = torch.ones((), requires_grad=True)\nfor turn in range({turns}):\n    {body}\n    y.backward()\n"


def test_a_loops_graph_is_told_once(observed: Observed) -> None:
    told = observed(LOOP.format(turns=30, body="y = w * 2"))
    assert (len(told.graphs), {backward.graph for backward in told.backwards}) == (1, {0})


def test_another_structure_at_the_same_place_is_told(observed: Observed) -> None:
    told = observed(LOOP.format(turns=4, body="y = (w.sin, w.cos)[turn % 2]()"))
    assert [graph.nodes[0].name for graph in told.graphs] == ["SinBackward0", "CosBackward0"]
    assert [backward.graph for backward in told.backwards] == [0, 1, 0, 1]


def test_so_many_structures_are_told_and_no_more(observed: Observed) -> None:
    told = observed(LOOP.format(turns=110, body="y = w\n    for _ in range(turn + 1): y = y * 2"))
    assert len(told.graphs) == 101
    assert [backward.graph for backward in told.backwards][98:102] == [98, 99, None, None]
