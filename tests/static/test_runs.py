"""The runs page; what the server would answer comes from a shelf of runs made by hand."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import until
from .shelf import Shelf, run

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

CELLS = (
    "rows => rows.map(row => [...row.cells].slice(1, 7).map(cell => cell.innerText.replaceAll(/\\s+/g, ' ').trim()))"
)
LEGEND = "chips => chips.map(chip => chip.innerText)"


def shown(page: "Page", address: str, *runs: dict[str, Any], query: str = "") -> Shelf:
    """The page with these runs on the shelf."""
    shelf = Shelf(page, *runs)
    page.goto(f"{address}/runs{query}")
    page.wait_for_selector("#runs [data-part=rows] tr, #runs [data-part=empty]:not([hidden])")
    return shelf


def row(page: "Page", name: str) -> "Locator":
    return page.locator(f"#runs tr:has(a[href='/runs/{name}'])")


def choose(page: "Page", *names: str) -> None:
    for name in names:
        row(page, name).get_by_role("checkbox").check()
        page.wait_for_selector(f"#curve .chip[data-key^='{name} '][aria-pressed=true]")


def test_every_run_is_a_row_with_its_state_its_progress_and_its_loss(page: "Page", played: str) -> None:
    going = run("b", state="running", outcome=None, values=[3.0, 2.5], total=400, wall_ms=None)
    queued = run("c", state="queued", outcome=None, queue_position=3, series=[], sparkline=[], best=None)
    broken = run("d", outcome="exception", values=[2.0, 1.0, "NaN"])
    shown(page, played, run("a"), going, queued, broken)
    assert page.locator("#runs [data-part=rows] tr").evaluate_all(CELLS) == [
        ["Title of a", "Finished", "3 points · 1.2 s", "", "1", "1 at 2"],
        ["Title of b", "Running", "2 of 400 · 1,200/s · 30 s left", "", "2.5", "2.5 at 1"],
        ["Title of c", "Queued", "2 ahead", "", "", ""],
        ["Title of d", "Raised an exception", "3 points · 1.2 s", "", "NaN", "1 at 1"],
    ]
    assert row(page, "a").locator(".sparkline").get_attribute("aria-label") == "loss from 4 to 1"
    assert page.get_by_role("progressbar", name="Progress of Title of b").is_visible()


def test_a_sparkline_breaks_where_a_value_is_no_number(page: "Page", played: str) -> None:
    shown(page, played, run("a", values=[1.0, 3.0, "NaN", 1.0]))
    assert row(page, "a").locator(".sparkline path").get_attribute("d") == "M3.0 25.0L38.3 3.0M109.0 25.0"


def test_what_changes_on_the_server_is_seen_without_a_reload(page: "Page", played: str) -> None:
    shelf = shown(page, played, run("a", state="running", outcome=None))
    row(page, "a").get_by_role("button", name="Delete").focus()
    shelf.runs[0].update(state="finished", outcome="crashed")
    until(page, "document.querySelector('.state').textContent === 'Crashed'")
    assert page.evaluate("document.activeElement.innerText") == "Delete"


def test_words_and_a_state_filter_the_list(page: "Page", played: str) -> None:
    shown(
        page, played, run("a", title="Digits"), run("b", title="Two layers"), run("c", title="Two", outcome="stopped")
    )
    titles = page.locator("#runs .title a")
    page.get_by_label("Filter runs by words").fill("two")
    assert titles.all_inner_texts() == ["Two layers", "Two"]
    page.get_by_label("Filter runs by state").select_option("Stopped")
    assert titles.all_inner_texts() == ["Two"]
    page.get_by_label("Filter runs by words").fill("nothing like it")
    page.get_by_role("button", name="Show every run").click()
    assert titles.all_inner_texts() == ["Digits", "Two layers", "Two"]


def test_a_run_is_renamed_in_its_place(page: "Page", played: str) -> None:
    shelf = shown(page, played, run("a"))
    row(page, "a").get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the run").fill("A better name")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.title a').textContent === 'A better name'")
    assert ("PATCH", "/api/runs/a", {"title": "A better name"}) in shelf.asked
    row(page, "a").get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the run").fill("Thought better of it")
    page.keyboard.press("Escape")
    assert shelf.runs[0]["title"] == "A better name"


def test_deleting_asks_for_a_second_press(page: "Page", played: str) -> None:
    shelf = shown(page, played, run("a"), run("b"))
    row(page, "a").get_by_role("button", name="Delete").click()
    assert len(shelf.runs) == 2
    row(page, "a").get_by_role("button", name="Really delete?").click()
    row(page, "a").wait_for(state="detached")
    assert [each["id"] for each in shelf.runs] == ["b"]


def test_a_run_is_stopped_and_run_again_from_its_row(page: "Page", played: str) -> None:
    shelf = shown(page, played, run("a", state="running", outcome=None))
    row(page, "a").get_by_role("button", name="Stop").click()
    until(page, "document.querySelector('.state').textContent === 'Stopped'")
    row(page, "a").get_by_role("button", name="Re-run").click()
    row(page, "new1").wait_for()
    sent = next(body for method, path, body in shelf.asked if (method, path) == ("POST", "/api/runs"))
    assert sent == {"source": shelf.runs[1]["source"], "preset": "training", "language": "en", "title": "Title of a"}


def test_older_runs_come_when_asked_for(page: "Page", played: str) -> None:
    many = [run(f"r{number}", created_at=f"2026-01-02T03:{59 - number:02}:00Z") for number in range(60)]
    shown(page, played, *many)
    assert page.locator("#runs [data-part=rows] tr").count() == 50
    page.get_by_role("button", name="Older runs").click()
    row(page, "r59").wait_for()
    assert page.get_by_role("button", name="Older runs").is_hidden()


def test_the_chosen_are_drawn_on_one_chart_under_what_differs(page: "Page", played: str) -> None:
    shown(page, played, run("a", rate="1e-4"), run("b", rate="1e-5", values=[5.0, 4.0]), run("c", rate="1e-6"))
    choose(page, "a", "b", "c")
    until(page, "document.querySelector('.chart').data?.length === 3")
    assert page.locator("#curve .chip-label").evaluate_all(LEGEND) == [
        f"learning_rate = 1e-{power}" for power in (4, 5, 6)
    ]
    assert page.evaluate("document.querySelector('.chart').data.map(({ y }) => y)") == [[4, 2, 1], [5, 4], [4, 2, 1]]
    page.get_by_label("Which value").select_option("lr")
    until(page, "document.querySelector('.chart').data.every(({ y }) => y[0] === 4 || y[0] === 5)")
    assert page.evaluate("location.hash") == "#compare=a,b,c"


def test_different_programs_are_told_apart_by_their_titles(page: "Page", played: str) -> None:
    other = "import torch\n\nlearning_rate = 1e-2\nfor step in range(9):\n    log(step, loss=1.0)\n"
    programs = [run("a", title="By hand"), run("b", title="By hand"), run("c", title="Adam", source=other)]
    shown(page, played, run("d", title="By hand · learning_rate = 1e-5", rate="1e-5"), *programs)
    choose(page, "a", "c")
    until(page, "document.querySelectorAll('#curve .chip').length === 2")
    assert page.locator("#curve .chip-label").evaluate_all(LEGEND) == ["By hand", "Adam"]
    page.get_by_role("button", name="Clear").click()
    choose(page, "a", "d")
    until(page, "document.querySelectorAll('#curve .chip').length === 2")
    assert page.locator("#curve .chip-label").evaluate_all(LEGEND) == ["learning_rate = 1e-4", "learning_rate = 1e-5"]


def test_a_choice_outlives_a_reload_and_a_chosen_run_goes_on_drawing(page: "Page", played: str) -> None:
    shelf = shown(page, played, run("a", state="running", outcome=None), query="#compare=a")
    until(page, "document.querySelector('.chart').data?.[0].y.length === 3")
    longer = run("a", state="running", outcome=None, values=[4.0, 2.0, 1.0, 0.5])
    shelf.runs[0].update(longer)
    until(page, "document.querySelector('.chart').data?.[0].y.length === 4")


def test_a_group_is_overlaid_as_a_whole(page: "Page", played: str) -> None:
    sweep = [run("a", rate="1e-4", group="lr"), run("b", rate="1e-5", group="lr")]
    shown(page, played, *sweep, run("c"), query="?group=lr")
    until(page, "document.querySelector('.chart').data?.length === 2")
    assert page.locator("#runs .title a").all_inner_texts() == ["Title of a", "Title of b"]
    assert page.inner_text("#group-name") == "lr"


def test_two_sources_are_shown_side_by_side(page: "Page", played: str) -> None:
    shown(page, played, run("a", rate="1e-4"), run("b", rate="3e-2"))
    choose(page, "a")
    compare = page.get_by_role("button", name="Compare sources")
    assert compare.is_disabled()
    choose(page, "b")
    compare.click()
    assert page.locator("#diff .cm-changedLine").all_inner_texts() == ["learning_rate = 1e-4", "learning_rate = 3e-2"]
    assert page.locator(".diff-names strong").all_inner_texts() == [
        "Title of a · learning_rate = 1e-4",
        "Title of b · learning_rate = 3e-2",
    ]
    page.locator("#diff").get_by_role("button", name="Close").click()
    assert page.is_hidden("#diff")


def test_without_the_bundle_the_sources_stand_in_plain_columns(page: "Page", played: str) -> None:
    missing = "throw new Error('not built')"
    page.route("**/dist/bundle.js", lambda route: route.fulfill(body=missing, content_type="text/javascript"))
    shown(page, played, run("a", rate="1e-4"), run("b", rate="3e-2"))
    choose(page, "a", "b")
    page.get_by_role("button", name="Compare sources").click()
    columns = page.locator(".diff-body pre").all_inner_texts()
    assert [re.findall("learning_rate = .*", text) for text in columns] == [
        ["learning_rate = 1e-4"],
        ["learning_rate = 3e-2"],
    ]
    assert page.locator("#curve .chip-label").all_inner_texts() == ["Title of a", "Title of b"]


def test_where_there_is_no_run_it_says_how_to_make_one(page: "Page", played: str) -> None:
    shown(page, played)
    assert page.inner_text("#runs [data-part=empty]").startswith("No runs yet.")
    assert page.get_by_role("link", name="Open the workbench").get_attribute("href") == "/"


def test_a_server_that_is_away_is_told_and_the_list_stays(page: "Page", played: str, complaints: list[str]) -> None:
    shown(page, played, run("a"))
    page.route(
        "**/api/runs?**", lambda route: route.fulfill(status=503, json={"title": "Starting.", "detail": "Wait."})
    )
    until(page, "document.querySelector('#status').textContent === 'Starting. Wait.'")
    assert row(page, "a").is_visible()
    page.unroute("**/api/runs?**")
    until(page, "document.querySelector('#status').textContent === ''")
    assert [text for text in complaints if "status of 503" not in text] == []
    complaints.clear()
