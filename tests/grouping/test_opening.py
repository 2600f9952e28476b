"""Which groups are open at first, and what of a large graph travels with its event."""

import pytest
from hypothesis import given

from app.events import Group
from app.grouping.opening import MAX_BOXES, opened, outermost, shown_first, told_groups

from .drawn import Drawn, layered, looped, programs, widths


def labels(drawn: Drawn) -> list[str]:
    tree = drawn.tree()
    return [tree.label[group] for group in opened(tree)]


def test_modules_open_and_repeats_stay_closed() -> None:
    assert labels(layered(3)) == ["model · Model"]


def test_outer_groups_open_before_inner_ones_as_long_as_there_is_room() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    drawn.call("net", "Net")
    for part, size in (("large", 38), ("small", 15), ("next", 15)):
        drawn.call(f"net.{part}", part.title())
        for place in range(size):
            last = drawn.node(f"{part}{place}", last)
        drawn.leave()
    drawn.leave()
    assert labels(drawn) == ["net · Net", "large · Large", "small · Small"]


@given(programs())
def test_what_is_open_at_first_is_few_enough_to_read(drawn: Drawn) -> None:
    tree = drawn.tree()
    found, width = opened(tree), widths(tree)
    assert width[-1] + sum(width[group] - 1 for group in found) <= max(MAX_BOXES, width[-1])
    assert all(tree.parent[group] in (-1, *found) for group in found), "a group is open only where it can be seen"


@pytest.mark.parametrize(("most", "told"), [(1, [0]), (2, [0, 4]), (3, [0, 1, 4]), (5, [0, 1, 2, 3, 4])])
def test_the_outermost_groups_travel_where_there_are_too_many(most: int, told: list[int]) -> None:
    assert outermost([-1, 0, 1, 0, -1], range(5), most) == told


def test_what_is_open_travels_first_and_then_what_is_visited_first() -> None:
    tree = looped(5, "Mul", "Exp").tree()
    assert tree.of_node.tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1], "the newest iteration is visited first"
    assert shown_first(tree, [2, 4], 6) == [0, 1, 2, 3, 6, 7]


def test_a_group_is_told_with_all_that_is_known_of_it() -> None:
    tree = looped(3, "Mul", "Exp").tree()
    told = told_groups(tree, {0: "g0", 2: "g2"}, lambda key: (2, key[0]))
    assert told == (
        Group(
            id="g0", parent=None, kind="repeat", label="lines 3–4", nodes=7, repeats=3, outputs=1,
            output_shapes=((2, 0),), parameters=1, elements=10, first_line=3, last_line=4,
        ),
        Group(
            id="g2", parent="g0", kind="repeat", label="iteration 2 of 3", nodes=2, inputs=1, outputs=1,
            input_shapes=((2, 4),), output_shapes=((2, 2),), first_line=3, last_line=4,
        ),
    )  # fmt: skip
