"""Shapes that do not fit, and a backward that begins at several numbers."""

import pytest

from app.explain import find_mistakes
from app.explain.facts import Facts

from .given import passed, raised, spot, tensor


def test_a_weight_is_made_with_the_rows_that_the_data_needs() -> None:
    source = "W = torch.randn(4, 1, requires_grad=True)\ny = X @ W\n"
    weight = tensor("W", shape=(4, 1), made=spot(source, "torch.randn(4, 1, requires_grad=True)"))
    data = tensor("X", shape=(8, 3), requires_grad=False)
    words = "mat1 and mat2 shapes cannot be multiplied (8x3 and 4x1)"
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, "X @ W"), data, weight)))
    assert (found.id, found.variable) == ("matmul-shape", "W")
    assert found.explanation == (
        "In a matrix product the inner sizes must agree: X is 8x3, so W must have 3 rows, not 4."
    )
    assert found.fixed_source == source.replace("randn(4, 1", "randn(3, 1")


def test_a_backward_from_several_numbers_is_given_their_sum() -> None:
    source = "y.backward()"
    words = "grad can be implicitly created only for scalar outputs"
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, source), root=passed(1))))
    assert (found.id, found.fixed_source) == ("backward-on-vector", "y.sum().backward()")


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0", "shape-mismatch"),
        ("shape '[4, 2]' is invalid for input of size 6", "reshape-size"),
        ("Expected more than 1 value per channel when training, got input size torch.Size([1, 2])", "batchnorm-one-sample"),
    ],
)  # fmt: skip
def test_torchs_words_are_explained(words: str, id: str) -> None:
    assert [each.id for each in find_mistakes(Facts("", trouble=raised(words)))] == [id]
