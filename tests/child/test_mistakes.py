"""Every mistake of the catalogue is recognised, its correction gets no warning, and where we correct it ourselves that runs.

The catalogue's answers are torch's own, taken down by running each program; the line of a cause is where a person has
to look, which for an exception need not be the line that raised.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.events import Mistake, Outcome
from app.runs.example import title_and_source
from app.web.pages import STATIC

from .conftest import Observed, Told

CATALOGUE: dict[str, dict[str, Any]] = {
    each["id"]: each
    for each in json.loads(Path(__file__).parents[1].joinpath("data", "mistakes.json").read_text("utf-8"))
}
CAUSES = {
    "int-requires-grad": 2, "requires-grad-false-nonleaf": 4, "backward-twice-no-saved": 5, "two-losses-shared-graph": 6,
    "rnn-hidden-not-detached": 5, "inplace-leaf-update": 5, "inplace-leaf-view": 3, "inplace-relu-ok": 4,
    "inplace-loop-index": 5, "param-step-between": 9, "no-grad-fn": 3, "loss-under-no-grad": 4, "grad-disabled-globally": 2,
    "item-then-backward": 3, "item-rewrap": 3, "numpy-requires-grad": 3, "numpy-function": 3, "detach-cuts": 4,
    "data-cuts": 4, "rebind-update": 6, "rebind-update-no-grad": 7, "no-zero-grad": 5, "zero-grad-none": 3,
    "zero-grad-after-backward": 6, "retain-grad-too-late": 5, "retain-grad-no-grad": 4, "retain-grad-leaf": 3,
    "init-scale-nonleaf": 3, "to-dtype-nonleaf": 2, "tensor-not-parameter": 6, "parameter-cuts-graph": 3,
    "mse-broadcast-warning": 5, "manual-broadcast": 5, "cross-entropy-float-target": 3, "bce-logits": 3, "dead-relu": 4,
    "zero-init": 3, "exploding-gradient": 8, "sqrt-square-nan": 3, "argmax-nondiff": 3, "cast-int-cuts": 3,
    "grad-unused-input": 5, "grad-of-input-alias": 5, "double-backward-no-create-graph": 4,
    "create-graph-backward-warning": 4, "matmul-shape": 5, "dtype-mismatch": 2, "deepcopy-nonleaf": 4,
    "hook-registered-late": 6, "custom-function-wrong-grad": 10, "custom-function-called-directly": 11,
    "clip-before-backward": 4, "softmax-sum-zero-grad": 3, "frozen-parameter": 3, "same-tensor-twice": 3,
    "alias-not-copy": 3, "bool-of-tensor": 3, "optimizer-holds-old-tensor": 4,
}  # fmt: skip
"""The line a person has to look at."""


def mistakes(told: Told) -> list[Mistake]:
    assert "fault of Gradwalk" not in told.stderr
    return told.all(Mistake)


def alarms(told: Told) -> list[str]:
    """What is told as more than a note."""
    return [each.id for each in mistakes(told) if each.severity != "note"]


def severity(entry: dict[str, Any]) -> str:
    return "note" if entry["surprise_not_mistake"] else "error" if entry["exception"] else "warning"


@pytest.mark.parametrize("id", CATALOGUE)
def test_a_mistake_is_recognised_with_its_cause_and_line(observed: Observed, id: str) -> None:
    entry = CATALOGUE[id]
    found = mistakes(observed(entry["code"]))
    assert [(each.id, each.severity, each.line) for each in found] == [(id, severity(entry), CAUSES[id])]
    assert all(each.explanation and each.fix for each in found)


@pytest.mark.parametrize("id", [id for id, entry in CATALOGUE.items() if entry["exception"]])
def test_an_exception_names_its_mistake_and_keeps_torchs_words_and_line(observed: Observed, id: str) -> None:
    entry = CATALOGUE[id]
    told = observed(entry["code"])
    (place,) = [each for each in entry["expects"] if "exception" in each]
    raised, (found,) = told.exception, mistakes(told)
    assert (raised.kind, raised.line, raised.mistake) == (place["exception"], place["line"], id)
    assert (raised.explanation, raised.fix) == (found.explanation, found.fix)
    assert raised.message.startswith(found.message or "")


@pytest.mark.parametrize("id", CATALOGUE)
def test_the_catalogues_correction_raises_no_alarm(observed: Observed, id: str) -> None:
    assert alarms(observed(CATALOGUE[id]["fixed_code"])) == []


NOT_CORRECTED = {
    "dead-relu", "exploding-gradient", "argmax-nondiff", "grad-of-input-alias", "custom-function-wrong-grad",
    "softmax-sum-zero-grad", "same-tensor-twice", "bool-of-tensor",
}  # fmt: skip
"""Where the right correction depends on what the program is for."""


@pytest.mark.parametrize("id", CATALOGUE)
def test_our_own_correction_runs_without_the_mistake(observed: Observed, id: str) -> None:
    (found,) = mistakes(observed(CATALOGUE[id]["code"]))
    assert (found.fixed_source is None) == (id in NOT_CORRECTED)
    if found.fixed_source is not None:
        told = observed(found.fixed_source)
        assert (told.ended.outcome, alarms(told)) == (Outcome.OK, [])


def test_a_mistake_is_told_before_the_exception_it_explains(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\nx.numpy()")
    assert [
        type(event).__name__ for event in told.events if type(event).__name__ in ("Mistake", "ExceptionRaised")
    ] == [
        "Mistake",
        "ExceptionRaised",
    ]


def test_an_exception_without_evidence_for_a_cause_is_left_alone(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\nraise ValueError('mine')")
    assert (mistakes(told), told.exception.mistake, told.exception.explanation) == ([], None, None)


def test_a_program_that_catches_its_exception_is_left_alone(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\ntry:\n    x.numpy()\nexcept RuntimeError:\n    pass")
    assert mistakes(told) == []


def test_what_is_certain_is_told_while_a_program_is_still_at_work(
    observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.child.mistakes.FIRST_S", 0.0)
    told = observed(
        "w = torch.ones(1, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "for i in range(4):\n    (w ** 2).sum().backward()\n    opt.step()\n"
        "(w ** 3).sum().backward()\nlate = torch.zeros(2)"
    )
    names = [getattr(event, "id", getattr(event, "name", "")) for event in told.events]
    assert names.index("no-zero-grad") < names.index("late")
    assert [each.id for each in mistakes(told)] == ["no-zero-grad"]


EXAMPLES = sorted((STATIC / "examples").glob("*.py"))
ON_PURPOSE = {
    "01_first_graph": "grad-of-nonleaf",
    "04_backward_twice": "backward-twice",
    "05_requires_grad_on_a_non_leaf": "requires-grad-false-nonleaf",
    "10_in_place": "inplace-changes-saved",
}
"""Examples that show a mistake."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_raises_no_alarm_but_the_one_it_is_about(observed: Observed, path: Path) -> None:
    _, source = title_and_source(path.read_text("utf-8"), path.stem)
    meant = ON_PURPOSE.get(path.stem)
    assert alarms(observed(source)) == ([meant] if meant else [])
