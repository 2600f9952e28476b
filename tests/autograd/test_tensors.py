"""Reports of single tensors. The oracle is torch: each report is compared with what the tensor itself answers."""

import pytest
import torch

from app.autograd import Found, History, grad_reason, report

NEVER = History(backward_since=False, reached=False)
MISSED = History(backward_since=True, reached=False)
REACHED = History(backward_since=True, reached=True)


def leaf() -> torch.Tensor:
    return torch.tensor(2.0, requires_grad=True)


def test_a_report_says_what_torch_says() -> None:
    x = leaf()
    y = x**2
    told = report(Found(y, "y", "y"), node=1, line=3, history=NEVER)
    assert (told.requires_grad, told.is_leaf, told.retains_grad) == (y.requires_grad, y.is_leaf, y.retains_grad)
    assert (told.grad_fn, told.node, told.line, told.shape, told.dtype, told.device) == (
        "PowBackward0",
        1,
        3,
        (),
        "float32",
        "cpu",
    )


@pytest.mark.parametrize(
    ("history", "reason"), [(NEVER, "no_backward_yet"), (MISSED, "unreachable"), (REACHED, "no_backward_yet")]
)
def test_a_leaf_without_grad_was_not_reached_or_nothing_came_yet(history: History, reason: str) -> None:
    assert grad_reason(leaf(), history) == reason


def test_a_computed_tensor_is_not_a_leaf() -> None:
    assert grad_reason(leaf() * 2, MISSED) == "not_a_leaf"


def test_a_tensor_that_does_not_require_grad_says_so() -> None:
    assert grad_reason(torch.ones(1), MISSED) == "requires_grad_false"


def test_a_filled_grad_is_present() -> None:
    x = leaf()
    (x**2).backward()
    assert grad_reason(x, REACHED) == "present"
    assert report(Found(x, "x", "x"), node=None, line=None, history=REACHED).grad is not None


def test_a_retained_grad_is_present_and_asking_warns_of_nothing() -> None:
    x = leaf()
    y = x**2
    y.retain_grad()
    z = y + 3
    z.backward()
    assert (grad_reason(y, REACHED), grad_reason(z, REACHED)) == ("present", "not_a_leaf")


def test_retain_grad_called_after_backward_leaves_the_tensor_unreached() -> None:
    y = leaf() ** 2
    y.backward()
    y.retain_grad()
    assert grad_reason(y, MISSED) == "unreachable"


def test_a_parameter_is_told_as_such_wherever_it_is_found() -> None:
    weight = torch.nn.Parameter(torch.ones(1))
    assert report(Found(weight, "w", "w"), node=None, line=None, history=NEVER).kind == "parameter"
