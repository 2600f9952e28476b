"""What `log` takes, and what it says of what it doesn't."""

from typing import Any

import numpy as np
import pytest

from .conftest import Observed

HOW = "Write log(step, loss=loss): the step first, as a whole number, and every curve's number by its name."


@pytest.mark.parametrize("step", ["3", "3.0", "True + 2", "np.int64(3)", "torch.tensor(3)"])
def test_a_step_may_be_any_whole_number(observed: Observed, step: str) -> None:
    assert observed(f"import numpy as np\nlog({step}, loss=1.0)").curves == {"loss": [(3, 1.0)]}


@pytest.mark.parametrize(
    "value",
    ["0.5", "np.float32(0.5)", "np.array([0.5])", "torch.tensor([[0.5]])", "torch.tensor(0.5, requires_grad=True)"],
)
def test_a_value_may_be_any_one_number(observed: Observed, value: str) -> None:
    told = observed(f"import numpy as np\nlog(0, loss={value}, acc=1)")
    assert (told.curves, told.stderr) == ({"loss": [(0, 0.5)], "acc": [(0, 1.0)]}, "")


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        ("log(loss=1.0)", "TypeError", f"log() was called without a step. {HOW}"),
        ("log(0, 1.0)", "TypeError", f"log() takes one value by position, the step, and was given 2. {HOW}"),
        ("log(0.5, loss=1)", "TypeError", f"log() takes a whole number as its step, and was given 0.5. {HOW}"),
        ("log('a', loss=1)", "TypeError", f"log() takes a whole number as its step, and was given the text 'a'. {HOW}"),
        (
            "log(2**60, loss=1)",
            "ValueError",
            "log() takes steps up to 9007199254740992, and was given a larger one. Count the steps from 0.",
        ),
        (
            "log(0, loss=torch.ones(2, 3))",
            "ValueError",
            "log() draws one number per step, and loss has shape (2, 3). Reduce it to one: log(step, loss=loss.mean()).",
        ),
        (
            "log(0, loss='0.5')",
            "TypeError",
            "log() draws numbers, and loss is the text '0.5'. Give it the number: log(step, loss=float(…)).",
        ),
        (
            "log(0, loss=None)",
            "TypeError",
            "log() draws numbers, and loss is of type NoneType. Give one number: log(step, loss=…).",
        ),
    ],
)
def test_a_wrong_argument_is_told_in_the_learners_code(observed: Observed, call: str, kind: str, message: str) -> None:
    raised = observed(f"x = 1\n{call}").exception
    assert (raised.kind, raised.message, raised.line) == (kind, message, 2)


def test_an_array_of_one_element_is_one_number() -> None:
    from app.child.logged import real

    values: list[Any] = [np.array(2), np.array([[2.0]]), np.float64(2)]
    assert [real("loss", value) for value in values] == [2.0, 2.0, 2.0]
