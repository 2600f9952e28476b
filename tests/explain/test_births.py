"""The forward's first node that was given numbers and made none."""

import math

import pytest

from app.events import TensorValue
from app.explain.births import birth_of
from app.explain.facts import Facts

from .flows import chain, value
from .given import passed


@pytest.mark.parametrize(
    ("name", "saved", "reason"),
    [
        ("LogBackward0", {"self": value(0.5, 0.0)}, "the logarithm of 0"),
        ("DivBackward0", {"other": value(0.0)}, "a division by 0"),
        ("SqrtBackward0", {"result": value(math.nan)}, "the root of a negative number"),
        ("ExpBackward0", {"result": value(math.inf)}, "the exponential of a number too large"),
        ("LogBackward0", {"self": value(0.5)}, None),
        ("LogSoftmaxBackward0", {"self": value(0.0)}, None),
    ],
)
def test_a_birth_is_proved_by_what_was_saved(name: str, saved: dict[str, TensorValue], reason: str | None) -> None:
    facts = Facts("", passes=[passed(1, graph=0)], graphs=[chain("SumBackward0", name, saved={name: saved})])
    birth = birth_of(facts, None)
    assert (birth.reason if birth else None) == reason
    assert birth is None or (birth.node, birth.spot and birth.spot.line) == (name, 2)
