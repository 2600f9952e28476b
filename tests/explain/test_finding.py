"""Other programs of the same families, written otherwise: the cause is found from what happened, not from the text.

And correct programs that do what mistakes look like: a detach in a GAN, gradients accumulated on purpose.
"""

import pytest

from app.events import Mistake, Outcome
from app.explain import find_mistakes
from app.explain.facts import Facts
from app.explain.trouble import Trouble
from tests.child.conftest import Told, run_in_fork
from tests.data.more_mistakes import CORRECT, WRONG


def alarms(told: Told) -> list[str]:
    assert "fault of Gradwalk" not in told.stderr
    return [each.id for each in told.all(Mistake) if each.severity != "note"]


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_found_with_its_line_and_its_correction_runs(case: str) -> None:
    id, severity, line, source = WRONG[case]
    told = run_in_fork(source)
    found = told.all(Mistake)
    assert [(each.id, each.severity, each.line) for each in found] == [(id, severity, line)]
    if found[0].fixed_source is not None:
        corrected = run_in_fork(found[0].fixed_source)
        assert (corrected.ended.outcome, alarms(corrected)) == (Outcome.OK, [])


@pytest.mark.parametrize("case", CORRECT)
def test_a_correct_program_raises_no_alarm(case: str) -> None:
    told = run_in_fork(CORRECT[case])
    assert (told.ended.outcome, alarms(told)) == (Outcome.OK, [])


def test_nothing_is_found_in_nothing() -> None:
    assert find_mistakes(Facts(source="x = 1\n")) == []


def test_words_alone_are_no_evidence() -> None:
    words = "Trying to backward through the graph a second time"
    trouble = Trouble(kind="RuntimeError", message=words, spot=None)
    assert find_mistakes(Facts(source="raise RuntimeError\n", trouble=trouble)) == []
