"""Torch's own warnings, where they name a mistake."""

from app.explain.facts import Binding, Facts, Heard
from app.explain.hearing import told_by_torch

from .given import passed, spot, tensor

SOURCE = "y = x * 2\ny.sum().backward()\nprint(y.grad)\n"
WORDS = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed."


def test_a_computed_tensors_gradient_is_retained_before_the_backward() -> None:
    computed = Binding("y", spot(SOURCE, "y = x * 2"), 1, None, tensor("y", is_leaf=False))
    facts = Facts(SOURCE, bindings=[computed], passes=[passed(1, spot(SOURCE, "y.sum().backward()"))])
    facts.heard = [Heard("UserWarning", WORDS, 3)]
    (found,) = told_by_torch(facts)
    assert (found.id, found.severity, found.line, found.variable) == ("grad-of-nonleaf", "warning", 3, "y")
    assert found.fixed_source == "y = x * 2\ny.retain_grad()\ny.sum().backward()\nprint(y.grad)\n"


def test_a_scheduler_that_went_first_is_told_and_other_warnings_are_left_alone() -> None:
    heard = [Heard("UserWarning", "Detected call of `lr_scheduler.step()` before", 6), Heard("UserWarning", "else", 7)]
    assert [(each.id, each.line) for each in told_by_torch(Facts("", heard=heard))] == [("scheduler-before-step", 6)]
