"""The figures of a series, kept while it grows."""

import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from app.store.tally import Frame, Tally

from .told import frame

INF = math.inf
NAN = math.nan


def tally_of(values: list[float], size: int = 7) -> Tally:
    tally = Tally()
    for start in range(0, len(values), size):
        piece = values[start : start + size]
        tally.add(frame(range(start, start + len(piece)), piece))
    return tally


def test_a_frame_is_packed_and_counted() -> None:
    tally = Tally()
    packed = tally.add(frame([5, 6], [2.0, 1.0]))
    assert packed == Frame(5, 6, array("q", [5, 6]).tobytes(), array("d", [2.0, 1.0]).tobytes())
    assert tally == Tally(
        count=2,
        first_step=5,
        last_step=6,
        last_value=1.0,
        min_value=1.0,
        min_step=6,
        first_wall_ms=5.0,
        last_wall_ms=6.0,
        sparkline=[2.0, 1.0],
    )


def test_an_empty_frame_is_nothing() -> None:
    tally = Tally()
    assert tally.add(frame([], [])) is None
    assert tally == tally_of([])


def test_the_least_is_the_least_finite_one_where_it_first_was() -> None:
    tally = tally_of([NAN, 3.0, 1.0, -INF, 1.0, INF])
    assert (tally.min_value, tally.min_step, tally.last_value) == (1.0, 2, INF)


def test_a_series_of_nothing_finite_has_no_least() -> None:
    tally = tally_of([NAN, INF])
    assert (tally.count, tally.min_value, tally.min_step) == (2, None, None)


def test_the_length_of_the_loop_is_the_one_told_last() -> None:
    tally = Tally()
    tally.add(frame([0], [1.0]))
    assert tally.total is None
    tally.add(frame([1], [1.0], total=500))
    assert tally.total == 500


def test_a_step_past_what_a_database_can_hold_is_the_last_it_can() -> None:
    tally = Tally()
    tally.add(frame([2**63], [1.0]))
    assert tally.last_step == 2**63 - 1


@given(st.integers(0, 3000), st.integers(1, 300))
def test_the_sparkline_is_evenly_spaced_whatever_the_frames(count: int, size: int) -> None:
    tally = tally_of([float(number) for number in range(count)], size)
    assert tally.sparkline == [float(number) for number in range(0, count, tally.stride)]
    assert len(tally.sparkline) <= 64
    assert tally.stride == 1 or len(tally.sparkline) > 32
