"""Finite differences of a tape. The oracles are derivatives written by hand."""

import math

import pytest
import torch

from app.autograd import Measured, Tape, Unrepeatable, compare, measure, start_at


def test_the_derivative_of_a_cube() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Tape() as tape:
        root = (x**3).sum()
    measured = measure(tape, [start_at(root, None)], x, 0)
    assert measured.places == (0, 1)
    assert measured.values == pytest.approx((3.0, 12.0), rel=1e-6)


def test_a_kink_is_found() -> None:
    x = torch.tensor([0.0, 2.0], requires_grad=True)
    with Tape() as tape:
        root = x.relu().sum()
    measured = measure(tape, [start_at(root, None)], x, 0)
    assert (measured.places, measured.kinks) == ((1,), (0,))


def test_a_tape_that_is_not_whole_is_refused() -> None:
    x = torch.tensor([1.0], requires_grad=True)
    with Tape() as tape:
        made = x.exp()
        tape.forget()
        root = made.sum()
    with pytest.raises(Unrepeatable) as refused:
        measure(tape, [start_at(root, None)], x, 0)
    assert refused.value.why == "forgotten"


def at_one_place(value: float, size: float = 1.0) -> Measured:
    return Measured(places=(0,), values=(value,), kinks=(), size=size)


@pytest.mark.parametrize(
    ("recorded", "measured", "agrees"),
    [(4.0, 4.0001, True), (4.0, 4.1, False), (0.0, 0.0, True), (math.nan, 1.0, False), (math.nan, math.nan, True)],
)
def test_a_gradient_in_float32_agrees_to_three_digits(recorded: float, measured: float, agrees: bool) -> None:
    assert compare([recorded], at_one_place(measured), torch.float32)[2] is agrees


def test_in_float64_it_agrees_to_six_digits() -> None:
    assert compare([4.0], at_one_place(4.0001), torch.float64)[2] is False
    assert compare([4.0], at_one_place(4.000001), torch.float64)[2] is True


def test_a_gradient_below_the_rounding_of_what_it_is_made_of_is_zero() -> None:
    assert compare([1e-5], at_one_place(0.0, size=100.0), torch.float32)[2] is True


def test_where_the_function_ends_nothing_is_measured() -> None:
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with Tape() as tape:
        root = x.sqrt().sum()
    measured = measure(tape, [start_at(root, None)], x, 0)
    assert (measured.places, measured.kinks) == ((1,), (0,))
    assert measured.values == pytest.approx((0.25,), rel=1e-6)


def test_of_a_root_that_is_no_number_nothing_is_measured() -> None:
    x = torch.tensor([1.0], requires_grad=True)
    with Tape() as tape:
        root = (x * math.nan).sum()
    with pytest.raises(Unrepeatable) as refused:
        measure(tape, [start_at(root, None)], x, 0)
    assert refused.value.why == "nonfinite"


def test_the_bottom_of_a_curve_is_no_kink() -> None:
    x = torch.tensor([0.0, 3.0], requires_grad=True)
    with Tape() as tape:
        root = (100 * x**2).sum()
    measured = measure(tape, [start_at(root, None)], x, 0)
    assert (measured.places, measured.kinks) == ((0, 1), ())
    assert measured.values == pytest.approx((0.0, 600.0), abs=1e-3)
