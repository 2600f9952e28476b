"""Gradients as they are read in passing. The oracle is the reading of a single tensor, and torch's own statistics."""

import torch

from app.autograd import value_of
from app.autograd.kept import Keeper


def test_small_gradients_are_told_as_a_single_reading_would() -> None:
    keeper = Keeper(1_000)
    tensors = [torch.tensor(2.0), torch.tensor([1.0, -3.0]), torch.tensor([[1.0], [5.0]]), torch.empty(0)]
    kept = [keeper.keep(tensor) for tensor in tensors]
    keeper.settle()
    assert [each.value for each in kept] == [value_of(tensor) for tensor in tensors]


def test_a_gradient_changed_later_is_told_as_it_was() -> None:
    keeper = Keeper(1_000)
    tensor = torch.tensor([1.0, 2.0])
    kept = keeper.keep(tensor)
    tensor.zero_()
    keeper.settle()
    assert kept.value is not None
    assert kept.value.data == (1.0, 2.0)


def test_a_large_gradient_is_told_by_figures() -> None:
    keeper = Keeper(1_000)
    tensor = torch.linspace(-1, 2, 100)
    kept = keeper.keep(tensor)
    keeper.settle()
    value = kept.value
    assert value is not None
    assert (value.data, value.shape, value.min, value.max, value.nonfinite) == (None, (100,), -1.0, 2.0, 0)


def test_nan_is_counted_in_small_and_large_gradients() -> None:
    keeper = Keeper(1_000)
    kept = [keeper.keep(torch.full((size,), float("nan"))) for size in (2, 100)]
    keeper.settle()
    assert [each.value and each.value.nonfinite for each in kept] == [2, 100]


def test_past_the_budget_elements_are_left_out() -> None:
    keeper = Keeper(3)
    kept = [keeper.keep(torch.ones(2)) for _ in range(2)]
    keeper.settle()
    assert [each.value and each.value.data for each in kept] == [(1.0, 1.0), None]
    assert keeper.exceeded


def test_complex_and_sparse_gradients_are_told_too() -> None:
    keeper = Keeper(1_000)
    kept = [keeper.keep(torch.tensor([1j])), keeper.keep(torch.eye(2).to_sparse())]
    keeper.settle()
    assert [each.value and each.value.shape for each in kept] == [(1,), (2, 2)]


def test_larger_gradients_that_wait_are_told_as_one_by_one() -> None:
    keeper = Keeper(1_000)
    tensors = [torch.linspace(-at, 1, 64) for at in range(5)] + [torch.full((64,), float("inf")), torch.ones(900)]
    kept = [keeper.keep(tensor) for tensor in tensors]
    keeper.settle()
    for each, tensor in zip(kept, tensors, strict=True):
        whole = value_of(tensor, values=0)
        assert each.value is not None
        assert (each.value.min, each.value.max, each.value.nonfinite) == (whole.min, whole.max, whole.nonfinite)
        assert each.value.norm == whole.norm or abs((each.value.norm or 0) - (whole.norm or 0)) < 1e-4


def test_a_larger_gradient_changed_in_place_before_it_was_read_has_no_figures() -> None:
    keeper = Keeper(1_000)
    tensor = torch.ones(100)
    kept = keeper.keep(tensor)
    tensor.zero_()
    keeper.settle()
    assert kept.value is not None
    assert (kept.value.shape, kept.value.norm) == ((100,), None)
