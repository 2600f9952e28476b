"""What is known of an exception: told through the mistake it is explained with."""

import pytest

from app.events import Mistake

from .conftest import Observed

W = "w = torch.ones(3, requires_grad=True)\n"
CASES = {
    "in a function": (W + "def f(t):\n    return t.numpy()\nf(w * 2)", "numpy-requires-grad", 3, "t"),
    "through a view": (
        W + "h = w * 2\ny = h * h\npart = h[1:]\npart *= 3\ny.sum().backward()",
        "inplace-changes-saved",
        5,
        "h",
    ),
    "a state in a tuple": (
        "cell = torch.nn.LSTMCell(1, 2)\nstate = torch.zeros(1, 2), torch.zeros(1, 2)\nfor i in range(2):\n"
        "    state = cell(torch.ones(1, 1), state)\n    state[0].sum().backward()",
        "rnn-hidden-not-detached",
        4,
        "state",
    ),
    "a number from long ago": (
        W + "total = 0.0\nfor i in range(20):\n    total += (w * i).sum().item()\ntotal.backward()",
        "item-then-backward",
        4,
        "total",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cause_is_found_wherever_it_stands(observed: Observed, case: str) -> None:
    source, id, line, variable = CASES[case]
    (found,) = observed(source).all(Mistake)
    assert (found.id, found.line, found.variable) == (id, line, variable)
