"""What nodes keep for backward. The oracle is the derivative written by hand, and torch's own refusals."""

from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from app.autograd import freed_among, held, holds_tensors, is_readable
from app.autograd.saved import saved_of


def node_of(tensor: torch.Tensor) -> Any:
    return tensor.grad_fn


def told(tensor: torch.Tensor) -> dict[str, object]:
    return {saved.name: getattr(saved.value, "data", saved.value) for saved in saved_of(node_of(tensor))}


def test_pow_keeps_its_base_and_exponent() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    assert told(x**2) == {"self": 3.0, "exponent": 2.0}


def test_exp_keeps_its_result() -> None:
    x = torch.tensor(0.0, requires_grad=True)
    assert told(x.exp()) == {"result": 1.0}


def test_add_keeps_no_tensor_so_nothing_can_be_freed() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y = x + 1
    assert holds_tensors(node_of(y)) is False


def test_a_backward_frees_what_was_saved() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    assert [(saved.name, saved.freed) for saved in saved_of(node_of(y))] == [("exponent", False), ("self", True)]
    assert holds_tensors(node_of(y)) is False


def test_retain_graph_frees_nothing() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward(retain_graph=True)
    assert holds_tensors(node_of(y)) is True


def test_a_saved_tensor_changed_in_place_is_told_without_a_value_and_is_not_freed() -> None:
    x = torch.tensor([3.0], requires_grad=True)
    y = x.exp()
    z = y * y
    y.add_(1)
    assert [(saved.value, saved.freed) for saved in saved_of(node_of(z))] == [(None, False), (None, False)]


class _Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, times: int) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.times = times
        return x * times

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad * ctx.times, None


def test_a_custom_functions_tensors_and_attributes_are_told() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y: torch.Tensor = _Double.apply(x, 2)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    assert told(y) == {"saved_tensors[0]": 3.0, "ctx.times": 2.0}
    assert holds_tensors(node_of(y)) is True
    y.backward()
    assert holds_tensors(node_of(y)) is False
    assert [saved.freed for saved in saved_of(node_of(y))] == [True]


def test_reading_a_checkpointed_node_does_not_run_the_function_again() -> None:
    calls = []

    def function(value: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return value.exp()

    x = torch.tensor(3.0, requires_grad=True)
    y = checkpoint(function, x, use_reentrant=False)
    assert [saved.value for saved in saved_of(node_of(y))] == [None]
    assert len(calls) == 1


def test_a_dimension_counted_from_the_end_is_told_as_the_program_wrote_it() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    assert told(x.softmax(-1))["dim"] == -1.0
    assert told(x.sum((-1,)))["dim"] == "(-1,)"


def test_a_node_is_readable_until_what_it_saved_is_freed_or_changed() -> None:
    x = torch.tensor([3.0], requires_grad=True)
    y = x.exp()
    z = y * y
    assert is_readable(node_of(z))
    y.add_(1)
    assert not is_readable(node_of(z))
    w = x**2
    w.backward()
    assert not is_readable(node_of(w))


def test_a_list_of_saved_indices_is_freed_like_a_tensor() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x[torch.tensor([0, 2])]
    assert holds_tensors(node_of(y))
    y.sum().backward()
    assert not holds_tensors(node_of(y))
    assert not is_readable(node_of(y))
    assert freed_among([node_of(y)]) == (0,)
    assert held(node_of(y), "indices") == []


def test_what_is_freed_is_found_and_what_was_changed_in_place_is_not() -> None:
    x = torch.tensor([3.0], requires_grad=True)
    kept, changed, plain = x**2, x.exp(), x + 1
    taken = x.sin()
    taken.backward()
    squared = changed * changed
    changed.add_(1)
    assert freed_among([node_of(each) for each in (kept, squared, plain, taken)]) == (3,)
