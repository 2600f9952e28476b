"""Custom Functions tried against differences, at the end: wrong ones are told, those that mean it are not."""

import pytest

from app.events import Mistake

from .conftest import Observed

FUNCTION = """
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x)
        ctx.k = k
        return {forward}
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return {backward}, None
x = torch.tensor([0.0, 1.0, -2.0], requires_grad=True)
Own.apply(x, 3.0).sum().backward()
"""


def ids(observed: Observed, forward: str, backward: str) -> list[str]:
    told = observed(FUNCTION.format(forward=forward, backward=backward))
    assert "fault of Gradwalk" not in told.stderr
    return [mistake.id for mistake in told.all(Mistake)]


@pytest.mark.parametrize(
    ("forward", "backward"),
    [("k * x ** 2", "grad * 2 * x"), ("x.sin()", "-grad * x.cos()"), ("x ** 3", "grad * 3 * x")],
)
def test_a_wrong_derivative_is_told(observed: Observed, forward: str, backward: str) -> None:
    assert ids(observed, forward, backward) == ["custom-function-wrong-grad"]


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("k * x ** 2", "grad * 2 * ctx.k * x"),
        ("x.clamp(min=0)", "grad * (x > 0)"),
        ("x.abs()", "grad * x.sign()"),
        ("torch.sign(x)", "grad"),
        ("x.view_as(x)", "-grad"),
        ("torch.round(x)", "grad"),
        ("x * torch.rand(())", "grad"),
    ],
)
def test_right_ones_and_those_that_mean_another_gradient_are_not(
    observed: Observed, forward: str, backward: str
) -> None:
    assert ids(observed, forward, backward) == []


def test_trying_shows_nothing_and_changes_nothing(observed: Observed) -> None:
    source = FUNCTION.format(forward="print('forward') or calls.append(1) or x ** 2", backward="grad * x")
    told = observed("calls = []\n" + source + "print(len(calls))\nlast = torch.rand(1)")
    assert told.stdout == "forward\n1\n"
