"""Spots -> boxes."""

from dataclasses import replace

from app.draw.boxes import boxes_of, frames_of, spare_boxes
from app.draw.flat import flatten
from app.draw.forest import grow
from app.draw.picture import Box
from app.draw.seen import seen
from app.draw.spots import Spots, spot_out
from app.events import Graph, Group

from .graphs import block, graph, leaf, node, unrolled


def spots(drawn: Graph, *expand: str) -> Spots:
    forest = grow(flatten(drawn), {each.id: each for each in drawn.nodes})
    return spot_out(forest, seen(forest, expand, frozenset()))


def boxes(drawn: Graph, *expand: str) -> dict[str, Box]:
    return {box.id: box for box in boxes_of(spots(drawn, *expand), range(len(drawn.nodes))).values()}


def test_a_closed_group_names_its_nodes_and_a_node_its_leaf() -> None:
    closed, opened = boxes(block()), boxes(block(), "g0")
    assert closed["g0"].nodes == (1, 2, 3, 4, 5)
    assert [chip.text for chip in opened["n1"].chips] == ["block.b (3,)"]
    assert (opened["n1"].parent, opened["g1"].parent, opened["n0"].parent) == ("g0", "g0", None)
    assert opened["n0"].root


def test_leaves_from_outside_are_chips_of_a_closed_group_four_at_most() -> None:
    weights = ["cell.weight_ih (8, 8)", "cell.weight_hh (8, 8)"]
    assert [chip.text for chip in boxes(unrolled(80), "g0")["g1"].chips] == [*weights, "h0 (1, 8)"]
    nodes = [replace(node(1, "StackBackward0"), group="g0"), node(0, "A"), *(leaf(n, f"p{n}") for n in range(2, 9))]
    many = graph(nodes, [(0, 1), *((1, n) for n in range(2, 9))])
    stacked = replace(many, groups=(Group(id="g0", parent=None, kind="line", label="line 1", nodes=1),))
    assert [chip.text for chip in boxes(stacked)["g0"].chips] == ["p2", "p3", "p4", "4 more leaves"]


def test_only_the_repeat_itself_counts_its_blocks() -> None:
    assert boxes(unrolled(80))["g0"].lines[0].text == "cell · RNNCell × 80"
    assert boxes(unrolled(80), "g0")["g1"].lines[0].text == "calls 1–40"


def test_open_groups_are_frames_the_outermost_first() -> None:
    assert [frame.group.id for frame in frames_of(spots(block(), "g1"))] == ["g0", "g1"]


def test_nodes_beyond_those_recorded_have_a_box() -> None:
    large = graph([node(0, "A"), leaf(1, "x")], [(0, 1)], total=9)
    (spare,) = spare_boxes(spots(large)).values()
    assert spare.label == "7 more nodes, beyond those recorded"
