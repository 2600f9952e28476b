"""What tensors hold. The oracle is torch's own arithmetic in float64, or numbers written by hand."""

import math

import pytest
import torch

from app.autograd import value_of
from app.events import TensorValue


def test_a_scalar_tells_its_number() -> None:
    assert value_of(torch.tensor(2.5)) == TensorValue(
        shape=(), dtype="float32", data=2.5, min=2.5, max=2.5, mean=2.5, std=None, norm=2.5, nonfinite=0
    )


def test_elements_are_nested_as_the_shape_says() -> None:
    value = value_of(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert value.data == ((1.0, 2.0), (3.0, 4.0))


def test_257_elements_travel_as_statistics_only() -> None:
    assert value_of(torch.zeros(256)).data == (0.0,) * 256
    assert value_of(torch.zeros(257)).data is None


@pytest.mark.parametrize("count", [2, 20, 200, 20_000])
def test_statistics_equal_torchs_in_float64(count: int) -> None:
    tensor = torch.randn(count, generator=torch.Generator().manual_seed(count))
    exact, value = tensor.double(), value_of(tensor)
    assert (value.min, value.max) == (float(exact.min()), float(exact.max()))
    assert value.mean == pytest.approx(float(exact.mean()), rel=1e-9, abs=1e-12)
    assert value.std == pytest.approx(float(exact.std()), rel=1e-5)
    assert value.norm == pytest.approx(float(exact.norm()), rel=1e-9)


@pytest.mark.parametrize("size", [3, 300])
def test_nan_and_infinities_are_counted_and_not_hidden(size: int) -> None:
    tensor = torch.ones(size)
    tensor[0], tensor[1] = math.nan, math.inf
    value = value_of(tensor)
    assert value.nonfinite == 2
    assert value.max is not None
    assert math.isnan(value.max)


def test_booleans_and_integers_keep_their_kind() -> None:
    assert value_of(torch.tensor([True, False])).data == (True, False)
    assert value_of(torch.tensor([1, 2])).data == (1, 2)


def test_integers_a_browser_cannot_hold_become_text() -> None:
    assert value_of(torch.tensor([2**60])).data == (str(2**60),)


def test_complex_numbers_become_text_and_have_only_a_norm() -> None:
    value = value_of(torch.tensor([3 + 4j]))
    assert (value.data, value.norm, value.min) == (("(3+4j)",), 5.0, None)


def test_a_sparse_tensor_tells_of_its_stored_values() -> None:
    small = value_of(torch.tensor([0.0, 3.0, 0.0, 4.0]).to_sparse())
    assert (small.data, small.norm, small.min) == ((0.0, 3.0, 0.0, 4.0), 5.0, 0.0)
    dense = torch.zeros(1000)
    dense[[5, 7]] = torch.tensor([-3.0, 4.0])
    large = value_of(dense.to_sparse())
    assert (large.data, large.norm, large.min, large.max) == (None, 5.0, -3.0, 4.0)
    assert large.mean == pytest.approx(0.001)


def test_an_expanded_tensor_that_claims_a_terabyte_is_not_read() -> None:
    value = value_of(torch.zeros(1).expand(10**12))
    assert (value.shape, value.mean) == ((10**12,), None)


def test_a_tensor_without_storage_tells_its_shape() -> None:
    assert value_of(torch.empty(3, device="meta")) == TensorValue(shape=(3,), dtype="float32")


def test_an_empty_tensor_has_no_statistics() -> None:
    assert value_of(torch.empty(0, 2)) == TensorValue(shape=(0, 2), dtype="float32", data=(), nonfinite=0)


def test_reading_records_nothing_and_draws_no_random_number() -> None:
    x = torch.randn(50, requires_grad=True)
    state, version = torch.get_rng_state(), x._version
    value_of(x)
    assert torch.equal(torch.get_rng_state(), state)
    assert (x._version, x.grad_fn) == (version, None)
