"""Paths that were cut without a word: only where a leaf was to get a gradient, got none, and a loss went that way."""

import pytest

from app.explain.cutting import computed_weights, cut_paths
from app.explain.facts import Binding, Cut, Facts, Holding
from app.explain.things import Leaf

from .given import leaf, passed, spot, tensor

SOURCE = "h = (w * 5).detach()\n(h * v).backward()\n"


def facts(lost: Leaf, *, roots: tuple[int, ...] = (1,), kind: str = "detach", held: bool = False) -> Facts:
    cut = Cut(kind, spot(SOURCE, "(w * 5).detach()"), tensor(None), (lost,), roots=roots)
    holdings = [Holding("opt", 5, (1,), 2)] if held else []
    return Facts(SOURCE, cuts=[cut], passes=[passed(1)], holdings=holdings)


def test_a_leaf_that_lost_its_gradient_is_told_with_the_cut() -> None:
    (found,) = cut_paths(facts(leaf()))
    assert (found.id, found.severity, found.line, found.variable) == ("detach-cuts", "warning", 1, "w")
    assert found.fixed_source == SOURCE.replace("(w * 5).detach()", "w * 5")


@pytest.mark.parametrize(
    "fine",
    [
        facts(leaf(reached=1)),
        facts(leaf(asked=True)),
        facts(leaf(), roots=()),
        facts(leaf(), kind="other"),
        facts(Leaf("teacher.weight", "parameter", 1, owner="teacher"), held=True),
        facts(Leaf("teacher.weight", "parameter", 1, owner="teacher"), kind="no_grad"),
    ],
)
def test_a_cut_that_may_be_meant_raises_no_alarm(fine: Facts) -> None:
    assert list(cut_paths(fine)) == []


def test_a_parameter_that_an_optimizer_holds_is_missed() -> None:
    (found,) = cut_paths(
        facts(Leaf("net.weight", "parameter", 1, owner="net", holder="opt"), kind="no_grad", held=True)
    )
    assert found.id == "no-grad-cuts"


def weights(now_dtype: str = "float32", name: str | None = None) -> Facts:
    source = "W = torch.randn(3, requires_grad=True) * 0.01\n"
    made = leaf(name, reached=1, made=spot(source, "torch.randn(3, requires_grad=True)"))
    whole = spot(source, source.strip())
    now = tensor("W", is_leaf=False, identity=2, dtype=now_dtype)
    return Facts(source, leaves=[made], bindings=[Binding("W", whole, 1, None, now)], passes=[passed(1)])


def test_a_weight_that_was_computed_in_its_own_line_is_made_to_require_grad_last() -> None:
    (found,) = computed_weights(weights())
    assert (found.id, found.line, found.variable) == ("init-scale-nonleaf", 1, "W")
    assert found.fixed_source == "W = (torch.randn(3) * 0.01).requires_grad_()\n"


def test_a_cast_is_told_as_such_and_a_leaf_with_a_name_is_fine() -> None:
    assert [each.id for each in computed_weights(weights("float64"))] == ["to-dtype-nonleaf"]
    assert list(computed_weights(weights(name="w"))) == []
