"""Every exception of ours has a status, a name and a sentence."""

import json

import pytest

from app.agent.agent import Unreachable, Unrecorded
from app.draw import ExportError, FocusError, TooLarge
from app.runs.runner import Busy, Refusing, UnknownRun
from app.store import StoreError
from app.web.problems import TABLE, problem
from app.web.refusals import (
    BodyTooLarge,
    Foreign,
    NoToken,
    NotYours,
    NoUser,
    SourceTooLarge,
    TooManyPictures,
    TooManyStreams,
    TooOften,
    TooSlow,
    UnknownAddress,
    UnknownBackward,
    UnknownGraph,
    UnknownGroup,
    UnknownLesson,
    UnknownNode,
)

from .serving import build, reach

pytestmark = pytest.mark.anyio

RAISED = [
    Refusing("No walls here. Use Linux."),
    Busy(5),
    Unreachable(),
    Unrecorded("The disk is full. Make room on it."),
    StoreError("The record can't be read. Try again in a moment."),
    UnknownRun("x"),
    UnknownGraph("x", 3),
    UnknownGroup("g"),
    UnknownBackward("x", 3),
    UnknownNode("x", 3, 7),
    UnknownLesson("x"),
    UnknownAddress(),
    NotYours("Somebody else began this run. Ask them."),
    NoUser("x-user"),
    TooSlow(30),
    TooManyStreams(mine=True),
    TooManyPictures(mine=False),
    TooOften(60, 7),
    FocusError("path:7"),
    TooLarge("Not made. Ask for what is seen instead."),
    ExportError("Not made. Ask for the SVG instead."),
    SourceTooLarge(),
    BodyTooLarge(),
    Foreign("Not ours. Send it from the page."),
    NoToken(),
]


def test_the_table_has_exactly_these_exceptions() -> None:
    assert {type(error) for error in RAISED} == set(TABLE)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_problem_says_what_happened_why_and_what_to_do(error: Exception) -> None:
    answer = problem(error)
    record = json.loads(bytes(answer.body))
    assert record.keys() == {"type", "title", "status", "detail"}
    assert record["status"] == answer.status_code
    assert record["title"].endswith(".")
    assert record["detail"].count(". ") + record["detail"].count(": ") >= 1


async def test_a_failure_of_ours_is_a_problem_that_tells_no_secret() -> None:
    app = build()

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret path /srv/key")

    async with reach(app) as client:
        with pytest.raises(RuntimeError):
            await client.get("/broken")
