"""A table of groups: iterations in ranges, a parent before its children, no deeper than can be told."""

import pytest

from app.grouping.planting import MAX_DEPTH, range_size
from app.grouping.things import FAN

from .drawn import Drawn, looped, outline


def test_many_iterations_stand_in_ranges_of_round_numbers() -> None:
    lines = outline(looped(2_000, "Mul").tree()).splitlines()
    assert lines[:3] == [
        "repeat line 3 × 2000: 2001",
        "  repeat iterations 1–200 × 200: 201",
        "    repeat iterations 1–20 × 20: 21",
    ]
    assert lines[-1] == "    repeat iterations 1,981–2,000 × 20: 20"


@pytest.mark.parametrize("blocks", [41, 50, 1_599, 1_600, 1_601, 2_000, 60_000, 64_001, 999_983, 1_000_000])
def test_ranges_are_few_enough_and_can_be_divided_again(blocks: int) -> None:
    while blocks > FAN:
        size = range_size(blocks)
        assert 1 < size < blocks <= size * FAN
        blocks = size


def test_calls_in_calls_without_end_are_groups_down_to_some_depth() -> None:
    drawn = Drawn()
    last = drawn.leaf()
    for depth in range(MAX_DEPTH + 20):
        drawn.call(f"net{'.inner' * depth}", "Block")
        last = drawn.node("Mul", last)
    assert max(line.count("  ") for line in outline(drawn.tree()).splitlines()) < MAX_DEPTH
