"""`None` where a gradient was expected."""

from app.explain import find_mistakes
from app.explain.facts import Binding, Facts
from app.explain.things import Value

from .given import raised, spot, tensor

NOTHING = Value("w.grad", "none")


def test_a_gradient_that_never_came_is_cleared_by_none() -> None:
    source = "w.grad.zero_()\n"
    words = "'NoneType' object has no attribute 'zero_'"
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, "w.grad.zero_"), NOTHING, tensor("w"))))
    assert (found.id, found.variable, found.fixed_source) == ("zero-grad-none", "w", "w.grad = None\n")
    assert found.explanation == "w.grad is None until the first backward()."


def test_a_name_bound_to_what_was_computed_from_it_blames_that_line() -> None:
    source = "for i in r:\n    w = w - lr * w.grad\n"
    words = "unsupported operand type(s) for *: 'float' and 'NoneType'"
    computed = tensor("w", is_leaf=False, grad_fn="SubBackward0")
    bound = Binding("w", spot(source, "w = w - lr * w.grad"), 3, tensor("w"), computed, operands=("lr", "w", "w.grad"))
    trouble = raised(words, spot(source, "lr * w.grad"), NOTHING, computed)
    (found,) = find_mistakes(Facts(source, bindings=[bound], trouble=trouble))
    assert (found.id, found.line) == ("rebind-update", 2)
    assert found.fixed_source == (
        "for i in r:\n    with torch.no_grad():\n        w -= lr * w.grad\n    w.grad = None\n"
    )


def test_an_input_that_was_not_used_may_be_none() -> None:
    source = "torch.autograd.grad(y, [x, z])"
    words = "The differentiated Tensor at index 1 appears to not have been used in the graph."
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, source), tensor("x"), tensor("z"))))
    assert (found.id, found.variable) == ("grad-unused-input", "z")
    assert found.fixed_source == "torch.autograd.grad(y, [x, z], allow_unused=True)"


def test_none_of_something_else_is_none_of_ours() -> None:
    words = "'NoneType' object has no attribute 'shape'"
    assert find_mistakes(Facts("a.shape", trouble=raised(words, None, Value("a", "none")))) == []
