"""Why each `.grad` is what it is, in whole programs: the cause stands in the sentence, with its line."""

import pytest

from .conftest import Observed

CASES = {
    "cut by detach": (
        "w = torch.ones(1, requires_grad=True)\nv = torch.ones(1, requires_grad=True)\nh = w.detach()\n(h * v).backward()",
        "w",
        "w is a leaf that requires grad, but backward() on line 4 brought it no gradient. On line 3 .detach() gives a"
        " tensor outside the graph: nothing before it gets a gradient.",
    ),
    "computed under no_grad": (
        "w = torch.ones(1, requires_grad=True)\nwith torch.no_grad():\n    h = w * 2",
        "h",
        "h does not require grad, so autograd does not record what is done with it and .grad stays None. What line 3"
        " computes is computed with recording switched off (torch.no_grad() or inference_mode()), so it has no grad_fn"
        " even though w requires grad.",
    ),
    "a position": (
        "x = torch.ones(2, requires_grad=True)\ni = x.argmax()",
        "i",
        "i holds int64 numbers; only floating-point and complex tensors can require grad. On line 2 argmax() gives whole"
        " numbers: a position does not change smoothly with its input, so it has no grad_fn.",
    ),
    "a dead ReLU": (
        "w = torch.tensor([-1.], requires_grad=True)\n(torch.relu(w) + 1).backward()",
        "w",
        "w is a leaf that requires grad, and backward() on line 2 reached it. It is zero now. Every number that"
        " ReluBackward0 on line 2 was given lies where its slope is 0 (for a ReLU: below 0), so w gets the gradient 0 and"
        " cannot recover.",
    ),
    "a factor of zeros": (
        "w = torch.ones(2, requires_grad=True)\nz = torch.zeros(2, requires_grad=True)\n(w * z).sum().backward()",
        "w",
        "w is a leaf that requires grad, and backward() on line 3 reached it. It is zero now. MulBackward0 on line 3"
        " multiplies the gradient by its other factor, which is all zeros, so w gets 0.",
    ),
    "zero times infinity": (
        "x = torch.zeros(1, requires_grad=True)\ny = torch.sqrt(x ** 2)\ny.backward()",
        "x",
        "x is a leaf that requires grad, and backward() on line 3 reached it. 1 of its numbers is NaN or infinite."
        " SqrtBackward0 on line 2 gave an infinite gradient (its slope there is infinite), and PowBackward0 multiplied it"
        " by 0: 0 * inf is NaN, and that is what x.grad holds.",
    ),
    "retained too late": (
        "x = torch.ones(1, requires_grad=True)\ny = x * 3\ny.backward()\ny.retain_grad()",
        "y",
        "y.retain_grad() was called on line 4, after the backward() on line 3 had gone through it: it keeps the gradient"
        " of the next one.",
    ),
    "asked for twice, there once": (
        "x = torch.tensor(3., requires_grad=True)\ny = x ** 2\ny.backward()\ntry:\n    y.backward()\n"
        "except RuntimeError:\n    pass",
        "x",
        "x is a leaf that requires grad, and backward() on line 3 reached it.",
    ),
    "there twice": (
        "x = torch.ones(1, requires_grad=True)\ny = x + 1\ny.backward()\ny.backward()",
        "x",
        "x is a leaf that requires grad, and 2 backwards reached it since .grad was None, the last on line 4: each adds to"
        " what is there. The backwards on lines 3 and 4 went through the same graph, so the same gradient is in it twice.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_names_the_cause(observed: Observed, case: str) -> None:
    source, name, sentence = CASES[case]
    told = observed(source)
    assert told.stderr == ""
    assert told.tensor(name).explanation == sentence
