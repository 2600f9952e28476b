"""Dtypes that do not fit, and what losses take."""

import pytest

from app.explain import find_mistakes
from app.explain.facts import Facts

from .given import raised, spot, tensor


def test_double_data_is_cast_where_it_is_made() -> None:
    source = "X = torch.from_numpy(a)\ny = layer(X)\n"
    data = tensor("X", requires_grad=False, dtype="float64", made=spot(source, "torch.from_numpy(a)"))
    words = "mat1 and mat2 must have the same dtype, but got Double and Float"
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, "layer(X)"), data)))
    assert (found.id, found.line) == ("dtype-mismatch", 1)
    assert found.fixed_source == source.replace("from_numpy(a)", "from_numpy(a).float()")


def test_classes_are_whole_numbers() -> None:
    source = "t = torch.tensor([0., 2.])\nF.cross_entropy(z, t)\n"
    target = tensor("t", requires_grad=False, made=spot(source, "torch.tensor([0., 2.])"))
    words = "expected target dtype to be Long or Byte, but got Float"
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, "F.cross_entropy(z, t)"), target)))
    assert (found.id, found.line, found.variable) == ("cross-entropy-float-target", 1, "t")
    assert found.fixed_source == source.replace("[0., 2.])", "[0., 2.]).long()")


@pytest.mark.parametrize(
    ("source", "corrected"),
    [
        ("nn.BCELoss()(s, t)", "nn.BCEWithLogitsLoss()(s, t)"),
        ("F.binary_cross_entropy(s, t)", "F.binary_cross_entropy_with_logits(s, t)"),
        ("nn.BCELoss()(torch.sigmoid(s) * 2, t)", None),
    ],
)
def test_scores_are_given_to_the_loss_that_takes_them(source: str, corrected: str | None) -> None:
    trouble = raised("all elements of input should be between 0 and 1", spot(source, source), tensor("s"))
    (found,) = find_mistakes(Facts(source, trouble=trouble))
    assert (found.id, found.fixed_source) == ("bce-logits", corrected)


def test_a_class_too_many_is_named() -> None:
    (found,) = find_mistakes(Facts("", trouble=raised("Target 3 is out of bounds.")))
    assert found.id == "class-out-of-range"
    assert found.explanation.startswith("A target says class 3")
