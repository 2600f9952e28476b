"""What a tensor is, where torch refused something for it."""

from app.explain import find_mistakes
from app.explain.facts import Facts
from app.explain.trouble import Trouble

from .given import raised, spot, tensor


def fixed(source: str, trouble: Trouble) -> tuple[str, str | None]:
    (found,) = find_mistakes(Facts(source, trouble=trouble))
    return found.id, found.fixed_source


def test_integers_are_made_floats() -> None:
    source = "x = torch.tensor([1, 2], requires_grad=True)"
    words = "Only Tensors of floating point and complex dtype can require gradients"
    place = spot(source, "torch.tensor([1, 2], requires_grad=True)")
    assert fixed(source, raised(words, place)) == (
        "int-requires-grad",
        "x = torch.tensor([1., 2.], requires_grad=True)",
    )


def test_a_computed_tensors_flag_becomes_a_detach() -> None:
    source = "y.requires_grad = False\n"
    words = "you can only change requires_grad flags of leaf variables."
    trouble = raised(words, spot(source, "y.requires_grad"), tensor("y", is_leaf=False, grad_fn="MulBackward0"))
    assert fixed(source, trouble) == ("requires-grad-false-nonleaf", "y = y.detach()\n")


def test_an_update_of_a_leaf_goes_under_no_grad_and_clears_where_a_loop_never_does() -> None:
    source = "for i in range(3):\n    f(w).backward()\n    w -= 0.1 * w.grad\n"
    words = "a leaf Variable that requires grad is being used in an in-place operation."
    assert fixed(source, raised(words, spot(source, "w -= 0.1 * w.grad"), tensor("w"))) == (
        "inplace-leaf-update",
        "for i in range(3):\n    f(w).backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n"
        "    w.grad = None\n",
    )


def test_a_part_of_a_leaf_is_the_leaf() -> None:
    source = "w[0] = 1.0\n"
    words = "a view of a leaf Variable that requires grad is being used in an in-place operation."
    assert fixed(source, raised(words, spot(source, "w[0]"), tensor("w"))) == (
        "inplace-leaf-view",
        "with torch.no_grad():\n    w[0] = 1.0\n",
    )


def test_a_graph_is_not_copied() -> None:
    source = "z = copy.deepcopy(x * 2)"
    words = "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol"
    trouble = raised(words, spot(source, "copy.deepcopy(x * 2)"), tensor("x"))
    assert fixed(source, trouble) == ("deepcopy-nonleaf", "z = (x * 2).detach().clone()")


def test_a_condition_and_an_item_need_one_element() -> None:
    assert fixed("if x: pass", raised("Boolean value of Tensor with more than one value is ambiguous")) == (
        "bool-of-tensor",
        None,
    )
    assert fixed("x.item()", raised("a Tensor with 3 elements cannot be converted to Scalar")) == ("item-of-many", None)
