"""The sentence for each state of `.grad`: the wording is the product, so it is tested whole."""

import math
from dataclasses import replace

import pytest

from app.events import Tensor, TensorValue
from app.explain import GradFacts, explain_grad

LEAF = Tensor(
    name="x",
    kind="tensor",
    shape=(),
    dtype="float32",
    device="cpu",
    requires_grad=True,
    is_leaf=True,
    grad_fn=None,
    node=None,
    retains_grad=False,
    line=1,
    value=None,
    grad=None,
    grad_reason="no_backward_yet",
    explanation="",
)
COMPUTED = replace(LEAF, name="y", is_leaf=False, grad_fn="PowBackward0", grad_reason="not_a_leaf")


def filled(number: float) -> Tensor:
    finite = math.isfinite(number)
    grad = TensorValue(shape=(), dtype="float32", data=number, norm=abs(number), nonfinite=0 if finite else 1)
    return replace(LEAF, grad=grad, grad_reason="present")


ONCE = GradFacts(arrivals=1, arrived_line=4, backwards=1, backward_line=4)
CASES = {
    "filled once": (filled(4.0), ONCE, "x is a leaf that requires grad, and backward() on line 4 reached it."),
    "zero": (
        filled(0.0),
        ONCE,
        "x is a leaf that requires grad, and backward() on line 4 reached it. It is zero now.",
    ),
    "not a number": (
        filled(math.nan),
        ONCE,
        "x is a leaf that requires grad, and backward() on line 4 reached it. 1 of its numbers is NaN or infinite.",
    ),
    "set by hand": (filled(4.0), GradFacts(), "x.grad was set by the program itself, not by a backward()."),
    "nothing yet": (
        LEAF,
        GradFacts(),
        "x is a leaf that requires grad, but no backward() has run yet, so .grad is None.",
    ),
    "raised before": (
        LEAF,
        GradFacts(raised=True),
        "x is a leaf that requires grad, but the backward() that ran raised before it brought a gradient here.",
    ),
    "only asked": (
        LEAF,
        GradFacts(asked=True),
        "x is a leaf that requires grad; torch.autograd.grad() returned gradients and, unlike backward(), fills no .grad.",
    ),
    "made later": (
        LEAF,
        GradFacts(backwards=1, backward_line=4),
        "x is a leaf that requires grad, but it was assigned after the last backward() on line 4.",
    ),
    "computed": (
        COMPUTED,
        ONCE,
        "y was computed (PowBackward0), so it is not a leaf: backward() passes its gradient on and keeps none. Call "
        "y.retain_grad() before backward() to keep it.",
    ),
    "unreachable": (
        replace(LEAF, grad_reason="unreachable"),
        GradFacts(backwards=1, backward_line=4),
        "x is a leaf that requires grad, but backward() on line 4 brought it no gradient: it was not used to compute the "
        "root, the path was cut on the way, or inputs= named other tensors.",
    ),
    "retained too late": (
        replace(COMPUTED, retains_grad=True, grad_reason="unreachable"),
        GradFacts(backwards=1, backward_line=4),
        "y retains its gradient from the moment retain_grad() is called, and no backward() has brought one since, or it was "
        "set back to None. The last backward() ran on line 4: call retain_grad() before it.",
    ),
    "left by a backward that raised": (
        filled(4.0),
        GradFacts(backwards=1, backward_line=4, raised=True),
        "x.grad was set by the program itself, or by a backward() that raised after it.",
    ),
    "made in inference mode": (
        replace(LEAF, requires_grad=False, grad_reason="requires_grad_false"),
        GradFacts(can_require=False),
        "x does not require grad, so autograd does not record what is done with it and .grad stays None. It was made in "
        "inference mode, which is final: make it under torch.no_grad() instead.",
    ),
    "integers": (
        replace(LEAF, dtype="int64", requires_grad=False, grad_reason="requires_grad_false"),
        GradFacts(),
        "x holds int64 numbers; only floating-point and complex tensors can require grad.",
    ),
    "not asked for": (
        replace(LEAF, requires_grad=False, grad_reason="requires_grad_false"),
        GradFacts(),
        "x does not require grad, so autograd does not record what is done with it and .grad stays None. Where you want "
        "its gradient, call x.requires_grad_() before using it.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_says_why(case: str) -> None:
    tensor, facts, sentence = CASES[case]
    assert explain_grad(tensor, facts) == sentence
