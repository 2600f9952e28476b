"""A tensor's making, corrected."""

import ast

import pytest

from app.explain.edits import Edits
from app.explain.facts import Facts, Source
from app.explain.sources import candidates, floating, require_all

from .given import spot, tensor


@pytest.mark.parametrize(
    ("source", "corrected"),
    [
        ("torch.tensor([1, 2])", "torch.tensor([1., 2.])"),
        ("torch.tensor([1, 2], dtype=torch.int64)", "torch.tensor([1, 2], dtype=torch.float32)"),
        ("torch.arange(3)", "torch.arange(3, dtype=torch.float32)"),
    ],
)
def test_integers_become_floats(source: str, corrected: str) -> None:
    edits = Edits(source)
    assert floating(edits, next(edits.all(ast.Call))).done() == corrected


@pytest.mark.parametrize(
    ("source", "corrected"),
    [
        ("torch.zeros(3)", "torch.zeros(3, requires_grad=True)"),
        ("torch.zeros(3, requires_grad=False)", "torch.zeros(3, requires_grad=True)"),
        ("torch.from_numpy(a)", "torch.from_numpy(a).requires_grad_()"),
    ],
)
def test_a_source_is_made_to_require_grad(source: str, corrected: str) -> None:
    edits = Edits(source)
    assert require_all(edits, [Source(spot(source, source), tensor(), 0)])
    assert edits.done() == corrected


def test_what_is_named_like_data_is_not_meant_to_be_learnt() -> None:
    text = "x = 1"
    given = [
        Source(spot(text, "x"), tensor(name, requires_grad=False), number) for number, name in enumerate(["x", "slope"])
    ]
    facts = Facts(source=text, sources=given)
    assert [each.value.name for each in candidates(facts, frozenset({0, 1}))] == ["slope"]
    assert [each.value.name for each in candidates(facts, frozenset({0}))] == ["x"]
