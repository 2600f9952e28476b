"""Groups of graphs drawn by hand, as a person would draw them; and what holds for the groups of any graph."""

from collections import Counter

import numpy as np
from hypothesis import given, settings

from app.grouping.things import FAN

from .drawn import Drawn, is_inside, layered, looped, outline, programs, widths


def test_a_few_nodes_in_a_row_have_no_groups() -> None:
    assert outline(looped(1, "Mul", "Exp", "Sum").tree()) == ""


def test_a_loop_of_one_operation_is_a_repeat_of_its_line() -> None:
    assert outline(looped(5, "Mul").tree()) == "repeat line 3 × 5: 6"


def test_a_loop_of_several_is_a_repeat_of_iterations() -> None:
    assert outline(looped(3, "Mul", "Exp").tree()).splitlines() == [
        "repeat lines 3–4 × 3: 7",
        "  repeat iteration 1 of 3: 3",
        "  repeat iteration 2 of 3: 2",
        "  repeat iteration 3 of 3: 2",
    ]


def test_a_loop_in_a_loop_is_a_repeat_in_a_repeat() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    for _ in range(3):
        for _ in range(4):
            last = drawn.node("Mul", last, line=3)
        last = drawn.node("Exp", last, line=4)
    assert outline(drawn.tree()).splitlines() == [
        "repeat lines 3–4 × 3: 16",
        "  repeat iteration 1 of 3: 6",
        "    repeat line 3 × 4: 5",
        "  repeat iteration 2 of 3: 5",
        "    repeat line 3 × 4: 4",
        "  repeat iteration 3 of 3: 5",
        "    repeat line 3 × 4: 4",
    ]


def test_calls_of_one_module_are_one_repeat_of_calls() -> None:
    drawn = Drawn()
    weight, last = drawn.leaf(), drawn.leaf()
    for _ in range(3):
        drawn.call("cell", "RNNCell")
        last = drawn.node("Tanh", drawn.node("Addmm", last, weight))
        drawn.leave()
    drawn.node("Sum", last)
    tree = drawn.tree()
    assert outline(tree).splitlines() == [
        "repeat cell · RNNCell × 3: 8",
        "  module call 1 of 3: 3",
        "  module call 2 of 3: 2",
        "  module call 3 of 3: 2",
    ]
    assert tree.of_node[-1] == 0, "a weight that all steps share belongs to all of them"
    assert (tree.borders.parameters, tree.borders.elements) == ([2, 2, 1, 1], [20, 20, 10, 10])
    assert (tree.borders.inputs, tree.borders.outputs) == ([0, 0, 1, 1], [1, 1, 1, 1])


def test_layers_that_are_alike_are_one_repeat_and_a_module_with_nothing_else_in_it_is_that() -> None:
    lines = outline(layered(3).tree()).splitlines()
    assert lines[:5] == [
        "module model · Model: 23",
        "  repeat encoder.layer.0 … encoder.layer.2 · Layer × 3: 22",
        "    module encoder.layer.0 · Layer: 8",
        "      module query · Linear: 4",
        "      module key · Linear: 3",
    ]
    assert [line.strip() for line in lines[5::3]] == [
        "module encoder.layer.1 · Layer: 7",
        "module encoder.layer.2 · Layer: 7",
    ]


def test_a_function_is_a_group_and_one_that_made_everything_is_none() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    for name in ("Mm", "Softmax", "Mm"):
        last = drawn.node(name, last, function="attention")
    assert outline(drawn.tree()) == ""
    drawn.node("Sum", last)
    assert outline(drawn.tree()) == "function attention(): 4"


def test_a_view_on_the_way_to_a_leaf_stands_with_its_user() -> None:
    drawn = Drawn()
    weight = drawn.leaf()
    turned = drawn.node("T", weight, line=1)
    drawn.call("cell", "Cell")
    last = drawn.node("Tanh", drawn.node("Mm", turned, line=2), line=2)
    drawn.leave()
    drawn.node("Sum", last, line=3)
    assert outline(drawn.tree()) == "module cell · Cell: 4"


@settings(max_examples=150, deadline=None)
@given(programs())
def test_any_graph_has_groups_that_can_be_shown(drawn: Drawn) -> None:
    tree = drawn.tree()
    assert max(widths(tree)) <= FAN
    assert all(above < group for group, above in enumerate(tree.parent))
    own = Counter(tree.of_node.tolist())
    inside = Counter({group: own[group] for group in range(len(tree.parent))})
    for group in reversed(range(len(tree.parent))):
        inside[tree.parent[group]] += inside[group]
    assert tree.nodes == [inside[group] for group in range(len(tree.parent))]
    assert all(count >= 2 for count in tree.nodes)
    assert [tree.last[group] - group for group in range(len(tree.parent))] == [
        sum(is_inside(tree.parent, other, group) for other in range(len(tree.parent)))
        for group in range(len(tree.parent))
    ]
    assert outline(drawn.tree()) == outline(tree)


def test_columns_are_left_as_they_were() -> None:
    wires, _ = (drawn := layered(2)).columns()
    before = wires.heads.copy()
    drawn.tree()
    assert np.array_equal(wires.heads, before)
