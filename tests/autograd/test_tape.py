"""Which operations are written down. The programs are small enough to be listed by hand."""

from collections.abc import Callable
from typing import Any

import torch

from app.autograd import Tape
from app.autograd.tape import Place


def taped(work: Callable[[torch.Tensor], Any]) -> list[str]:
    """The operations on the tape, by name."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Tape() as tape:
        work(x)
    assert tape.trouble is None
    return [str(entry.work.overloadpacket).removeprefix("aten.") for entry in tape.entries]


def test_operations_that_autograd_made_nodes_for_are_noted() -> None:
    assert taped(lambda x: (x * 2).exp().sum()) == ["mul", "exp", "sum"]


def test_what_is_detached_or_needs_no_gradient_is_not() -> None:
    assert taped(lambda x: (x.detach() * 2).exp()) == []
    assert taped(lambda x: torch.ones(2).exp() * x) == ["mul"]


class _Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.sin().cos()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad


def test_inside_a_custom_functions_forward_all_is_noted() -> None:
    assert taped(_Twice.apply) == ["sin", "cos"]


def test_a_constant_is_kept_as_it_was() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    constant = torch.tensor(3.0)
    with Tape() as tape:
        x * constant
        constant.zero_()
    (leaf, kept) = tape.entries[0].arguments
    assert isinstance(leaf, Place)
    assert kept.item() == 3.0


def test_forgetting_begins_anew() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    with Tape() as tape:
        x * 2
        tape.forget()
        x * 3
    assert [entry.arguments[1] for entry in tape.entries] == [3]
