"""A plan holds a level's sizes and wires and nothing else, so that equal levels are equal plans."""

from app.draw.plans import End, Plan, Slot, Wire


def test_two_levels_of_the_same_sizes_and_wires_are_one_plan() -> None:
    one, other = (Plan((Slot(40, 20), Slot(40, 20)), 0, 0, (Wire(End(0), End(1), "× 2"),), "TB") for _ in range(2))
    assert {one: 1}[other] == 1
