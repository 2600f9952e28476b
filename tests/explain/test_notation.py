"""Formulas with numbers put in, as a person would write them."""

import pytest

from app.explain.notation import Missing, listed, number, written


def test_the_first_example_reads_as_in_a_book() -> None:
    values = {"grad": 1.0, "exponent": 2.0, "self": 2.0}
    assert written("grad * exponent * self^(exponent-1)", values, {}) == "1 * 2 * 2^1"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("grad * self", "3 * (-2)"),
        ("-grad * self", "-3 * (-2)"),
        ("self * grad", "-2 * 3"),
        ("-self", "-(-2)"),
        ("self^2", "(-2)^2"),
        ("grad - self", "3 - (-2)"),
        ("grad / (2 * other)", "3 / (2 * 0.5)"),
        ("grad * (1 - other)", "3 * (1 - 0.5)"),
        ("grad - (1 - other)", "3 - (1 - 0.5)"),
        ("where(self > 0, grad, 0)", "where(-2 > 0, 3, 0)"),
        ("grad * cos(self)", "3 * cos(-2)"),
        ("grad^(other-1)", "3^(-0.5)"),
        ("expand(grad, shape(rows)) / numel(rows)", "expand(3, [2, 3]) / 6"),
        ("sqrt(pi)", "sqrt(pi)"),
        ("-grad / sqrt(1 - other^2)", "-3 / sqrt(1 - 0.5^2)"),
    ],
)
def test_numbers_stand_where_names_stood(formula: str, text: str) -> None:
    assert written(formula, {"grad": 3.0, "self": -2.0, "other": 0.5}, {"rows": (2, 3)}) == text


def test_tensors_stand_in_brackets() -> None:
    assert written("grad @ mT(mat2)", {"grad": ((1.0, 2.0),), "mat2": ((3.0, 4.5),)}, {}) == "[[1, 2]] @ mT([[3, 4.5]])"


def test_a_name_without_a_value_is_missed_by_name() -> None:
    with pytest.raises(Missing, match="other"):
        written("grad * other", {"grad": 1.0}, {})


def test_numbers_are_short() -> None:
    assert [number(each) for each in (4.0, 0.1 + 0.2, 1e20, 1 / 3, float("nan"))] == [
        "4",
        "0.3",
        "1e+20",
        "0.333333",
        "nan",
    ]
    assert listed((True, "1+2j")) == "[True, 1+2j]"
