"""The oldest node that was given numbers and made others: torch's own NaN and infinities are the oracle."""

import math
from collections.abc import Callable

import pytest
import torch

from app.autograd import walk
from app.child.births import birth_in

MASK = torch.tensor([[True, True], [False, True]])


def born(root: torch.Tensor) -> tuple[str, str, float | None] | None:
    found = birth_in(walk([root.grad_fn]).order)
    return None if found is None else (found.node, found.kind, found.operand)


@pytest.mark.parametrize(
    ("function", "numbers", "kind", "operand"),
    [
        (torch.log, [0.5, 0.0], "logarithm", 0.0),
        (torch.log1p, [0.5, -2.0], "logarithm of one more than", -2.0),
        (torch.asin, [0.5, 1.5], "arc", 1.5),
        (torch.sqrt, [4.0, -1.0], "root", None),
        (lambda x: x**0.3, [4.0, -1.0], "root", -1.0),
        (lambda x: x**-1.5, [4.0, 0.0], "division", 0.0),
        (lambda x: 1 / x, [4.0, 0.0], "division", None),
        (lambda x: torch.ones(2) / x, [4.0, 0.0], "division", 0.0),
        (torch.exp, [4.0, 1e3], "exponential", None),
        (lambda x: (x * torch.ones(2, 2)).masked_fill(MASK, -math.inf).softmax(1), [1.0, 2.0], "softmax", None),
    ],
)
def test_a_birth_is_where_torch_made_no_number_of_numbers(
    function: Callable[[torch.Tensor], torch.Tensor], numbers: list[float], kind: str, operand: float | None
) -> None:
    x = torch.tensor(numbers, requires_grad=True)
    made = function(x * 1)
    assert not made.isfinite().all()
    found = born(made.sum())
    assert found is not None
    assert found[1:] == (kind, operand)


@pytest.mark.parametrize(
    "function", [torch.log1p, torch.asin, torch.exp, torch.sigmoid, lambda x: x**-2, lambda x: torch.log(x + 1)]
)
def test_where_all_are_numbers_nothing_is_born(function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    made = function(torch.tensor([-0.5, 0.25], requires_grad=True))
    assert made.isfinite().all()
    assert born(made.sum()) is None


def test_the_oldest_is_told_and_what_is_large_is_searched_too() -> None:
    x = torch.ones(10_000, requires_grad=True)
    y = torch.log(x - 1)
    assert born((y / (y - y)).sum()) == ("LogBackward0", "logarithm", 0.0)
