"""Tensors that cross the borders of groups, and the parameters inside, counted by their definition."""

import numpy as np
from hypothesis import given, settings

from app.grouping.borders import common, lasts, settle

from .drawn import Drawn, is_inside, looped, programs

PARENT = [-1, 0, 1, 0, -1]
"""Two groups at the top; the first holds one with another inside, and one more."""


def crossing(drawn: Drawn) -> list[tuple[int, int]]:
    """Each group's inputs and outputs by their definition; the last node is used outside of all."""
    tree = drawn.tree()
    wires, _ = drawn.columns()
    edges = [
        (tail, head) for tail, head in zip(wires.tails.tolist(), wires.heads.tolist(), strict=True) if tree.shown[head]
    ]
    counts = []
    for group in range(len(tree.parent)):
        inside = [each == group or is_inside(tree.parent, each, group) for each in tree.of_node.tolist()]
        coming = {head for tail, head in edges if inside[tail] and not inside[head]}
        going = {head for tail, head in edges if inside[head] and not inside[tail]} | ({0} if inside[0] else set())
        counts.append((len(coming), len(going)))
    return counts


@settings(max_examples=60, deadline=None)
@given(programs())
def test_what_crosses_a_border_is_counted_once(drawn: Drawn) -> None:
    borders = drawn.tree().borders
    assert list(zip(borders.inputs, borders.outputs, strict=True)) == crossing(drawn)


def test_what_stands_inside_a_group_has_the_numbers_up_to_its_last() -> None:
    assert lasts(PARENT) == [3, 2, 2, 3, 4]


def test_the_innermost_group_around_two_is_the_first_that_holds_both() -> None:
    pairs = [(1, 2), (2, 3), (3, 4), (-1, 2)]
    assert [common(*pair, PARENT, lasts(PARENT)) for pair in pairs] == [1, 0, -1, -1]


def test_a_leaf_stands_in_the_innermost_group_of_its_users_also_behind_a_view() -> None:
    group = np.array([2, 3, -1, -1])  # two users, a view that both use, and its leaf
    away = np.array([False, False, True, True])
    settle(group, away, np.array([0, 1, 2]), np.array([2, 2, 3]), PARENT, lasts(PARENT))
    assert group.tolist() == [2, 3, 0, 0]


def test_a_parameter_used_by_each_of_many_steps_counts_once() -> None:
    drawn = Drawn()
    weight, last = drawn.leaf(), drawn.leaf()
    for _ in range(5):
        last = drawn.node("Mul", last, weight)
    tree = drawn.tree(lambda leaf: 7)
    assert (tree.borders.parameters, tree.borders.elements) == ([2], [14])


def test_the_tensors_that_come_first_are_named() -> None:
    borders = looped(3, "Mul", "Exp").tree().borders
    assert borders.coming == [[], [], [(4, 0)], [(2, 0)]]
    assert borders.going == [[(0, 0)], [(4, 0)], [(2, 0)], [(0, 0)]]
