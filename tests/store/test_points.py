"""Thinning out: what a person would look for in a curve stays. The oracle is Python's own min, max and isfinite."""

import math
from array import array
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.points import LEAST, thin, unpack

CURVES = st.lists(st.one_of(st.floats(-5, 5), st.floats(allow_nan=True, allow_infinity=True)), max_size=400)
MOST = st.integers(0, 120)


def kept(values: list[float], most: int) -> list[int]:
    return thin(range(len(values)), values, most)[0]


def test_a_short_curve_stays_as_it_is() -> None:
    assert thin([3, 3, 1], [1.0, 2.0, math.inf], 100) == ([3, 3, 1], [1.0, 2.0, math.inf])
    assert thin([], [], 100) == ([], [])


def test_a_spike_of_one_point_stays() -> None:
    values = [0.0] * 1_000_000
    values[654_321] = 1.0
    steps, thinned = thin(range(len(values)), values, 2000)
    assert 654_321 in steps
    assert len(steps) <= 2000
    assert max(thinned) == 1.0


@given(CURVES, MOST)
def test_never_more_than_asked_for_and_in_order(values: list[float], most: int) -> None:
    places = kept(values, most)
    assert places == sorted(set(places))
    assert len(places) <= max(most, LEAST)


@given(CURVES.filter(len), MOST)
def test_both_ends_stay(values: list[float], most: int) -> None:
    places = kept(values, most)
    assert (places[0], places[-1]) == (0, len(values) - 1)


@given(CURVES, MOST)
def test_the_least_and_the_greatest_finite_value_stay(values: list[float], most: int) -> None:
    finite = [value for value in values if math.isfinite(value)]
    thinned = {values[place] for place in kept(values, most)}
    assert not finite or {min(finite), max(finite)} <= thinned


@given(CURVES, MOST)
def test_the_first_of_each_kind_that_is_not_finite_stays(values: list[float], most: int) -> None:
    firsts = {str(value): place for place, value in reversed(list(enumerate(values))) if not math.isfinite(value)}
    assert set(firsts.values()) <= set(kept(values, most))


@given(CURVES, MOST)
def test_what_is_not_finite_stays_where_there_is_room(values: list[float], most: int) -> None:
    strange = [place for place, value in enumerate(values) if not math.isfinite(value)]
    if len(strange) <= max(most, LEAST) // 4 - 3:
        assert set(strange) <= set(kept(values, most))


def test_each_begin_of_a_long_stretch_of_nan_stays() -> None:
    values = [math.nan if place // 1000 % 3 == 1 else 1.0 for place in range(30_000)]
    begins = [next(run)[0] for nan, run in groupby(enumerate(values), lambda item: item[1] != item[1]) if nan]
    assert set(begins) <= set(kept(values, 200))


def test_a_curve_that_is_nowhere_finite_is_thinned_too() -> None:
    assert len(kept([math.nan] * 10_000, 100)) <= 100


@pytest.mark.parametrize(("start", "end", "steps"), [(None, None, [1, 2, 2, 3]), (2, None, [2, 2, 3]), (2, 2, [2, 2])])
def test_stored_points_come_back_by_their_steps(start: int | None, end: int | None, steps: list[int]) -> None:
    stored = array("q", [1, 2, 2, 3]).tobytes(), array("d", [1.0, 2.0, 2.5, 3.0]).tobytes()
    assert unpack(*stored, start, end, 100)[0] == steps
    assert unpack(*stored, start, end, 100)[2] == len(steps)
