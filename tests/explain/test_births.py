"""What made a number none, in words."""

import pytest

from app.explain.births import reason_of
from app.explain.facts import Birth


@pytest.mark.parametrize(
    ("kind", "operand", "reason"),
    [
        ("logarithm", 0.0, "the logarithm of 0"),
        ("division", 0.0, "a division by 0"),
        ("arc", 1.5, "1.5 lies where the function is not defined"),
        ("exponential", None, "the exponential of a number too large"),
    ],
)
def test_a_birth_has_a_reason_with_its_number(kind: str, operand: float | None, reason: str) -> None:
    assert reason_of(Birth("LogBackward0", None, kind, operand)) == reason
