"""Equal neighbours in sequences of tokens, short and long: both ways of finding them give the same."""

import random

import pytest

from app.grouping import tandem
from app.grouping.tandem import LONG, periods, stretches


def found(tokens: list[int], period: int, least: int = 2) -> list[tuple[int, int]]:
    return list(stretches(tokens, period, least))


def test_a_block_over_and_over_is_a_stretch_of_its_period() -> None:
    assert found([9, 1, 2, 1, 2, 1, 2, 8], 2) == [(1, 7)]


def test_its_length_is_among_the_periods() -> None:
    assert periods([9, 1, 2, 1, 2, 1, 2, 8]) == [2, 4]


def test_tokens_that_are_all_different_have_no_period() -> None:
    assert periods(list(range(50))) == []


def test_a_token_that_stands_twice_in_a_block_hides_its_length_from_nobody() -> None:
    assert 4 in periods([1, 1, 2, 2] * 5)


def test_two_stretches_do_not_share_a_token() -> None:
    assert found([1, 1, 1, 2, 2, 2, 2], 1) == [(0, 3), (3, 7)]
    assert found([1, 2, 1, 2, 1, 1, 1], 2) == [(0, 5)]


@pytest.mark.parametrize("seed", range(20))
def test_long_sequences_are_read_as_short_ones_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pick = random.Random(seed)
    block = [pick.randrange(4) for _ in range(pick.randrange(1, 9))]
    tokens = [pick.randrange(4) for _ in range(50)] + block * LONG + [7] * pick.randrange(9)
    by_arrays = [found(tokens, period) for period in range(1, 9)], len(block) in periods(tokens)
    monkeypatch.setattr(tandem, "LONG", len(tokens) + 1)
    assert ([found(tokens, period) for period in range(1, 9)], True) == by_arrays
