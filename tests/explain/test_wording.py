"""The sentences about cuts and late calls: the wording is the product."""

from app.explain.facts import Cut
from app.explain.wording import added_again, cut_behind, cutting, leaf_names, retained_late

from .given import leaf, spot, tensor

SOURCE = "y = x.data * 2\n"


def test_a_cut_is_told_with_its_line() -> None:
    found = Cut("data", spot(SOURCE, "x.data"), tensor("x"), ())
    assert cutting(found) == ("On line 1 .data gives x's values without their history.", "Use x itself.")
    assert cut_behind(found) == cutting(found)[0]


def test_a_name_bound_anew_is_told_as_such() -> None:
    found = Cut("no_grad", spot(SOURCE, "x.data"), tensor("w"), (leaf("w"),), target="w")
    assert cutting(found, rebound=True)[0] == (
        "On line 1 w is bound to a new tensor that was computed under torch.no_grad(): it does not require grad, and the"
        " leaf that did has lost its name."
    )


def test_many_leaves_are_told_by_a_few_names() -> None:
    assert leaf_names(tuple(leaf(name) for name in "aabcde")) == "a, b, c, d …"
    assert leaf_names((leaf(None),)) == ""


def test_late_and_repeated_calls_name_their_lines() -> None:
    assert retained_late("y", 5, 4) == (
        "y.retain_grad() was called on line 5, after the backward() on line 4 had gone through it: it keeps the gradient"
        " of the next one."
    )
    assert added_again(2, 3) == (
        "The backwards on lines 2 and 3 went through the same graph, so the same gradient is in it twice."
    )
