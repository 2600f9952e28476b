"""Every question of our lessons has an answer in the real run, and where there are choices it is one of them."""

import ast
from typing import Any

import pytest

from app.events import ExceptionRaised
from app.web.lessons import Lesson, Question, lessons
from app.web.pages import LESSONS

from .child.conftest import Told, run_in_fork

OUR_LESSONS = [each for language in ("en", "zh") for each in lessons([LESSONS], language) if isinstance(each, Lesson)]
QUESTIONS = [
    pytest.param(part, id=f"{lesson.language}-{lesson.slug}-{place}")
    for lesson in OUR_LESSONS
    for place, part in enumerate(lesson.parts)
    if isinstance(part, Question)
]


def answer(told: Told, read: str) -> Any:
    if read == "exception":
        return next((event.kind for event in told.all(ExceptionRaised)), "none")
    if read == "nodes":
        return told.graphs[-1].total_nodes
    name, _, field = read.rpartition(".")
    found = getattr(told.tensor(name), field)
    return getattr(found, "data", found)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_an_answer_that_can_be_predicted(question: Question) -> None:
    real = answer(run_in_fork(question.program), question.read)
    if question.choices:
        assert str(real) in question.choices or real in map(_number, question.choices)
    else:
        assert isinstance(real, (int, float))


@pytest.mark.parametrize("lesson", OUR_LESSONS, ids=lambda lesson: f"{lesson.language}-{lesson.slug}")
def test_a_lessons_program_runs_and_its_first_one_opens_the_editor(lesson: Lesson) -> None:
    assert ast.parse(lesson.source).body
    told = run_in_fork(lesson.source)
    assert not told.all(ExceptionRaised)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
