"""What arrived against what a node begins with: gradients made by hand."""

from typing import Any

import torch

from app.autograd.arrivals import Arrival, meet, pending
from app.autograd.kept import Kept


def keep(tensor: torch.Tensor) -> Kept:
    return Kept(tuple(tensor.shape), "float32", tensor.tolist())


def arrival(tensor: torch.Tensor, output_nr: int = 0) -> Arrival:
    return output_nr, tensor, tensor._version, keep(tensor)


def data(slots: Any) -> list[Any] | None:
    return None if slots is None else [kept and kept.data for kept in slots]


def test_the_sum_of_two_edges_is_no_change() -> None:
    begun, arrived = meet([torch.tensor(3.0)], [arrival(torch.tensor(1.0)), arrival(torch.tensor(2.0))], keep)
    assert (data(begun), data(arrived)) == ([3.0], None)


def test_another_value_than_the_sum_is_a_change() -> None:
    begun, arrived = meet([torch.tensor(6.0)], [arrival(torch.tensor(1.0)), arrival(torch.tensor(2.0))], keep)
    assert (data(begun), data(arrived)) == ([6.0], [3.0])


def test_an_equal_copy_is_no_change_and_neither_is_nan_for_nan() -> None:
    for value in (1.0, float("nan")):
        assert meet([torch.tensor(value)], [arrival(torch.tensor(value))], keep)[1] is None


def test_the_same_tensor_changed_in_place_is_a_change() -> None:
    grad = torch.tensor(1.0)
    brought = arrival(grad)
    grad.mul_(5)
    begun, arrived = meet([grad], [brought], keep)
    assert (data(begun), data(arrived)) == ([5.0], [1.0])


def test_outputs_are_met_one_by_one() -> None:
    begun, arrived = meet([None, torch.tensor(2.0)], [arrival(torch.tensor(2.0), 1)], keep)
    assert (data(begun), data(arrived)) == ([None, 2.0], None)


def test_what_waits_for_a_node_is_summed() -> None:
    slots, _ = pending([arrival(torch.tensor(1.0), 1), arrival(torch.tensor(2.0), 1)], keep)
    assert data(slots) == [None, 3.0]
