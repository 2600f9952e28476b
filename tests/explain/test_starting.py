"""A backward that began at a leaf, and steps that found no gradient because none ever came."""

from dataclasses import replace

from app.explain.facts import Cut, Facts, Holding, Step
from app.explain.starting import backward_on_leaf, step_without_backward

from .given import passed, spot, tensor

SOURCE = "y.backward()\n"
PLACE = spot(SOURCE, "y.backward()")
ON_LEAF = replace(passed(1, PLACE), root=tensor("y", is_leaf=True, identity=7))


def test_a_backward_on_a_leaf_is_noted_where_it_was_called() -> None:
    (found,) = backward_on_leaf(Facts(SOURCE, passes=[ON_LEAF]))
    assert (found.id, found.severity, found.line, found.variable) == ("backward-on-leaf", "note", 1, "y")


def test_a_leaf_that_a_cut_made_is_explained_by_the_cut_alone() -> None:
    cut = Cut("tensor", PLACE, tensor("w"), (), roots=(1,))
    assert list(backward_on_leaf(Facts(SOURCE, cuts=[cut], passes=[ON_LEAF]))) == []


def test_steps_are_noted_only_where_no_backward_ran_and_no_gradient_was_there() -> None:
    step = Step("opt", 5, PLACE, 3, (1,), 0)
    holding = Holding("opt", 5, (1,), 1)
    (found,) = step_without_backward(Facts(SOURCE, steps=[step], holdings=[holding]))
    assert (found.id, found.line) == ("step-without-backward", 1)
    assert list(step_without_backward(Facts(SOURCE, steps=[replace(step, with_grad=1)], holdings=[holding]))) == []
    assert list(step_without_backward(Facts(SOURCE, steps=[step], holdings=[holding], passes=[passed(1)]))) == []
