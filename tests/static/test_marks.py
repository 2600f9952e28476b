"""What a run marks in the editor, told to an editor that only remembers."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Mount, recording

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RAISED = {**recording("requires_grad_non_leaf")[1], "kind": "RuntimeError", "message": "no", "line": 3, "column": 4}
MISTAKE: dict[str, Any] = {
    "type": "mistake", "id": "a", "severity": "warning", "line": 2, "column": None, "variable": None, "node": None,
    "explanation": "Look.", "fix": "", "fixed_source": None, "message": None,
}  # fmt: skip
TOLD = """async events => {
  const { handlers } = await import("/static/js/marks.js");
  let marks = [];
  const tell = handlers({ mark: (next) => (marks = next) });
  for (const event of events) tell[event.type](event);
  return marks.map(({ line, severity, message }) => [line, severity, message]);
}"""


def marks(page: "Page", *events: dict[str, Any]) -> list[list[Any]]:
    return page.evaluate(TOLD, list(events))  # type: ignore[no-any-return]  # JSON


def test_each_severity_has_a_mark_of_its_own_and_its_word(mount: Mount) -> None:
    told = [{**MISTAKE, "severity": severity} for severity in ("error", "warning", "note")]
    assert marks(mount("console"), *told) == [
        [2, "error", "Error: Look."],
        [2, "warning", "Warning: Look."],
        [2, "info", "Note: Look."],
    ]


def test_an_exception_and_the_mistake_behind_it_are_one_mark(mount: Mount) -> None:
    behind = {**MISTAKE, "severity": "error", "line": 3}
    raised = {**RAISED, "mistake": "a"}
    assert marks(mount("console"), behind, raised) == [[3, "error", "RuntimeError: no"]]
