"""A root without a history: where it was lost, from what lies behind it."""

import pytest

from app.explain.facts import Cut, Facts, Source
from app.explain.rootless import no_history, number_instead, outside

from .given import leaf, passed, raised, spot, tensor

WORDS = "element 0 of tensors does not require grad and does not have a grad_fn"
SOURCE = "w = torch.zeros(3)\nloss = (w ** 2).sum()\nloss.backward()\n"


def found_at(source: str, kind: str, text: str, **known: object) -> Cut:
    return Cut(kind, spot(source, text), tensor("w"), (leaf(),), number=7, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "id"),
    [
        ("no_grad", "loss-under-no-grad"),
        ("detach", "detach-cuts"),
        ("comparison", "comparison-cuts"),
        ("position", "argmax-nondiff"),
        ("gradient", "double-backward-no-create-graph"),
    ],
)
def test_the_cut_behind_the_root_is_to_blame(kind: str, id: str) -> None:
    facts = Facts(SOURCE, cuts=[found_at(SOURCE, kind, "w ** 2"), found_at(SOURCE, "data", "loss")])
    facts.cuts[1] = Cut("data", facts.cuts[1].spot, tensor("w"), (leaf(),), number=8)  # not behind the root
    found = no_history(facts, raised(WORDS, root=passed(1, events=frozenset({7}))))
    assert found is not None
    assert (found.id, found.severity, found.line) == (id, "error", 2)


def test_a_leaf_whose_name_was_bound_anew_is_updated_in_place() -> None:
    source = "for i in range(2):\n    with torch.no_grad():\n        w = w - 0.1 * w.grad\n"
    cut = found_at(source, "no_grad", "w - 0.1 * w.grad", target="w")
    found = no_history(Facts(source, cuts=[cut]), raised(WORDS, root=passed(1, events=frozenset({7}))))
    assert found is not None
    assert found.id == "rebind-update-no-grad"
    assert found.fixed_source == source.replace("w = w - ", "w -= ") .rstrip("\n") + "\n    w.grad = None\n"  # fmt: skip


def test_where_nothing_requires_grad_what_is_no_data_is_made_to() -> None:
    source = Source(spot(SOURCE, "torch.zeros(3)"), tensor("w", requires_grad=False), 4)
    found = no_history(Facts(SOURCE, sources=[source]), raised(WORDS, root=passed(1, sources=frozenset({4}))))
    assert found is not None
    assert (found.id, found.line, found.variable) == ("no-grad-fn", 1, "w")
    assert found.fixed_source == SOURCE.replace("torch.zeros(3)", "torch.zeros(3, requires_grad=True)")


def test_a_tensor_outside_of_any_graph_keeps_no_gradient() -> None:
    source = Source(spot(SOURCE, "torch.zeros(3)"), tensor("w", requires_grad=False), 4)
    words = "can't retain_grad on Tensor that has requires_grad=False"
    trouble = raised(words, None, tensor("loss", requires_grad=False), behind=frozenset({4}))
    found = outside(Facts(SOURCE, sources=[source]), trouble)
    assert (found.id, found.variable) == ("retain-grad-no-grad", "loss")


def test_a_number_has_no_backward() -> None:
    source = "loss = (w ** 2).sum().item()\nloss.backward()\n"
    cut = found_at(source, "item", "(w ** 2).sum().item()", words="item")
    trouble = raised("'float' object has no attribute 'backward'", behind=frozenset({7}))
    found = number_instead(Facts(source, cuts=[cut]), trouble)
    assert found is not None
    assert (found.id, found.line, found.fixed_source) == (
        "item-then-backward",
        1,
        "loss = (w ** 2).sum()\nloss.backward()\n",
    )


def test_any_objects_missing_attribute_is_none_of_ours() -> None:
    assert number_instead(Facts(""), raised("'Net' object has no attribute 'backward'")) is None
