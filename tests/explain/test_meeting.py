"""[N, 1] against [N]: where it can only be meant as N against N."""

import pytest

from app.explain.facts import Facts, Heard, Meeting
from app.explain.meeting import stretched
from app.explain.things import Value

from .given import passed, spot, tensor

SOURCE = "loss = ((pred - y) ** 2).mean()\n"


def met(left: Value, right: Value, kind: str = "broadcast", words: str = "-", *heard: Heard) -> Facts:
    meeting = Meeting(kind, spot(SOURCE, "pred - y"), words, left, right, tensor(None), roots=(1,))
    return Facts(SOURCE, meetings=[meeting], passes=[passed(1)], heard=list(heard))


PREDICTED = tensor("pred", shape=(8, 1), span=spot(SOURCE, "pred").span)
TARGET = tensor("y", shape=(8,), requires_grad=False, span=spot(SOURCE, "y").span)


def test_a_difference_that_became_a_table_is_told() -> None:
    (found,) = stretched(met(PREDICTED, TARGET))
    assert (found.id, found.line, found.variable) == ("manual-broadcast", 1, "y")
    assert found.fixed_source == SOURCE.replace("pred - y", "pred - y.unsqueeze(1)")


def test_torchs_own_warning_is_handed_on() -> None:
    words = "Using a target size (torch.Size([8])) that is different to the input size (torch.Size([8, 1]))."
    (found,) = stretched(met(PREDICTED, TARGET, "loss", "mse_loss", Heard("UserWarning", words, None)))
    assert (found.id, found.message) == ("mse-broadcast-warning", words)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (tensor("a", shape=(8, 1)), tensor("b", shape=(5,), requires_grad=False)),
        (tensor("a", shape=(8, 1), is_view_of_line=True), TARGET),
        (tensor("a", shape=(8, 1)), tensor("b", shape=(8,))),
        (tensor("a", shape=(1, 1)), tensor("b", shape=(1,), requires_grad=False)),
    ],
)
def test_what_may_be_meant_raises_no_alarm(left: Value, right: Value) -> None:
    assert list(stretched(met(left, right))) == []


def test_a_table_of_products_raises_no_alarm() -> None:
    assert list(stretched(met(PREDICTED, TARGET, "broadcast", "*"))) == []
