"""The console panel, mounted alone and fed a recording."""

from typing import Any

import pytest

from .conftest import Mount, feed, finished, recording, until

pytestmark = pytest.mark.browser

STARTED = recording("pow_add")[0]


def test_it_shows_what_was_printed_and_how_the_run_ended(mount: Mount) -> None:
    page = mount("console")
    feed(page, recording("pow_add"))
    assert page.inner_text("#console .output") == "None\n"
    assert page.inner_text("#console .ending") == "Finished · 14 ms"
    assert page.is_hidden("#console [data-part=empty]")


def test_a_program_that_prints_nothing_leaves_a_sentence(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, finished()])
    assert page.inner_text("#console [data-part=empty]") == "Nothing was printed."


def test_an_exception_shows_torchs_own_words_with_why_and_fix_and_leads_to_its_line(mount: Mount) -> None:
    page = mount("console")
    events = recording("requires_grad_non_leaf")
    feed(page, events)
    raised = next(event for event in events if event["type"] == "exception")
    card = page.locator("#console .card")
    assert card.locator(".message").inner_text() == raised["message"]
    assert card.locator(".explanation").inner_text() == f"Why {raised['explanation']}"
    assert card.locator(".fix").inner_text() == f"Fix {raised['fix']}"
    card.get_by_role("button", name="line 3").click()
    assert page.evaluate("window.signals") == [["line", 3]]


def test_an_exception_without_an_explanation_shows_no_empty_lines(mount: Mount) -> None:
    page = mount("console")
    raised = {**recording("requires_grad_non_leaf")[1], "explanation": None, "fix": None, "line": None}
    feed(page, [STARTED, raised])
    assert page.is_hidden("#console .explanation")
    assert page.is_hidden("#console .fix")
    assert page.is_hidden("#console .line-link")


def test_printed_markup_stays_text(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, {"type": "stdout", "text": "<img src=x onerror=alert(1)>\n"}])
    assert page.inner_text("#console .output") == "<img src=x onerror=alert(1)>\n"
    assert page.locator("#console .output img").count() == 0


def test_a_carriage_return_writes_over_the_line_as_a_terminal_does(mount: Mount) -> None:
    page = mount("console")
    pieces = ["start\n", "\r 10%", "\r 60%", "\r100%\n", "end\r\n"]
    feed(page, [STARTED, *({"type": "stderr", "text": piece} for piece in pieces)])
    until(page, "document.querySelector('#console .output').textContent.endsWith('end\\n')")
    assert page.text_content("#console .output") == "start\n100%\nend\n"


def test_a_flood_keeps_only_the_last_part_in_the_page(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, *({"type": "stdout", "text": f"{number}" + "x" * 9_000 + "\n"} for number in range(100))])
    until(page, "document.querySelector('#console .output').textContent.includes('99x')")
    text = page.text_content("#console .output") or ""
    assert len(text) < 250_000
    assert text.rstrip().splitlines()[-1].startswith("99x")


@pytest.mark.parametrize("outcome", ["timeout", "out_of_memory", "output_limit", "stopped", "crashed", "interrupted"])
def test_every_other_ending_says_why(mount: Mount, outcome: str) -> None:
    page = mount("console")
    feed(page, [STARTED, finished(outcome, detail="It used up its 10 s.")])
    assert page.inner_text("#console [data-part=empty]") == "It used up its 10 s."


MISTAKE: dict[str, Any] = {
    "type": "mistake", "id": "grad-of-non-leaf", "severity": "warning", "line": 5, "column": 0, "variable": "y",
    "node": None, "explanation": "y is not a leaf.", "fix": "Call y.retain_grad().", "fixed_source": "y.retain_grad()",
    "message": "The .grad attribute of a Tensor that is not a leaf",
}  # fmt: skip


def test_a_mistake_shows_its_severity_torchs_words_why_fix_and_where(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, MISTAKE])
    assert [line for line in page.inner_text("#console .card").splitlines() if line] == [
        "Warning",
        "y",
        "line 5",
        "The .grad attribute of a Tensor that is not a leaf",
        "Why y is not a leaf.",
        "Fix Call y.retain_grad().",
        "Show the fix",
        "Put the fix into the code",
    ]
    page.get_by_role("button", name="line 5").click()
    assert page.evaluate("window.signals") == [["line", 5]]


def test_a_mistakes_fix_can_be_put_into_the_code(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, MISTAKE])
    page.get_by_role("button", name="Put the fix into the code").click()
    assert page.evaluate("window.signals") == [["source", "y.retain_grad()"]]


def test_the_fix_is_shown_beside_the_code_that_ran(mount: Mount) -> None:
    page = mount("console")
    page.evaluate("window.source = 'y.grad'")
    feed(page, [STARTED, MISTAKE])
    page.get_by_role("button", name="Show the fix").click()
    assert page.locator("#console .cm-line").all_inner_texts() == ["y.grad", "y.retain_grad()"]
    page.get_by_role("button", name="Hide the fix").click()
    assert page.is_hidden("#console .fix-diff")


def test_a_mistake_without_a_corrected_source_offers_none(mount: Mount) -> None:
    page = mount("console")
    feed(page, [STARTED, {**MISTAKE, "fixed_source": None}])
    assert page.is_hidden("#console .card-tools")


def test_the_head_counts_and_the_worst_comes_first(mount: Mount) -> None:
    page = mount("console")
    severities = ["note", "warning", "error", "warning"]
    feed(page, [STARTED, *({**MISTAKE, "id": str(place), "severity": each} for place, each in enumerate(severities))])
    assert page.inner_text("#console [data-part=tally]") == "1 error, 2 warnings, 1 note"
    assert page.locator("#console .severity").all_inner_texts() == ["Error", "Warning", "Warning", "Note"]


@pytest.mark.parametrize("raised_first", [True, False])
def test_an_exception_and_the_mistake_behind_it_are_one_card(mount: Mount, raised_first: bool) -> None:
    page = mount("console")
    raised = {**recording("requires_grad_non_leaf")[1], "mistake": "grad-of-non-leaf", "line": 5}
    behind = {**MISTAKE, "severity": "error"}
    feed(page, [STARTED, raised, behind] if raised_first else [STARTED, behind, raised])
    assert page.inner_text("#console .card-title").split("\n") == ["Error", raised["kind"], "y", "line 5"]
    assert page.inner_text("#console .card .message") == raised["message"]
    assert page.inner_text("#console [data-part=tally]") == "1 error"
    assert page.get_by_role("button", name="Show the fix").is_visible()


def test_a_figure_is_shown_as_an_image(mount: Mount) -> None:
    page = mount("console")
    dot = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI0IiBoZWlnaHQ9IjQiLz4="
    feed(page, [STARTED, {"type": "figure", "index": 0, "mime": "image/svg+xml", "data": dot}])
    until(page, "document.querySelector('#console img').naturalWidth === 4")


def test_a_new_run_clears_the_old_one(mount: Mount) -> None:
    page = mount("console")
    feed(page, [*recording("requires_grad_non_leaf"), STARTED])
    assert page.locator("#console .card").count() == 0
    assert page.inner_text("#console .ending") == ""
