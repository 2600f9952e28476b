"""The workbench's runs: their address, what a reload shows, the queue, and a server that goes away."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ENDED, code, opened, type_over, until
from .shelf import FINISHED, STARTED, Shelf, run, series, stream

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser

LOOP = "rate = 1e-4\nhidden = 100\nfor step in range(3):\n    log(step, loss=rate * step)\n"


def frame(*values: float, first: int = 0) -> dict[str, Any]:
    """A frame of a loss."""
    steps = list(range(first, first + len(values)))
    return {"type": "scalars", "tag": "loss", "origin": "log", "step": steps, "value": values, "wall_ms": steps}


def tell(page: "Page", run: str, *parts: str) -> list["Request"]:
    """Answers each request for a run's events with the next part; gives the requests."""
    asked: list[Request] = []

    def answer(route: Any) -> None:
        asked.append(route.request)
        body = parts[min(len(asked), len(parts)) - 1]
        route.fulfill(body=body, content_type="text/event-stream")

    page.route(f"**/api/runs/{run}/events**", answer)
    return asked


def still(page: "Page", address: str, source: str = LOOP) -> "Page":
    """The workbench with this source and Live off."""
    opened(page, address)
    page.get_by_role("switch", name="Live").click()
    type_over(page, source)
    return page


def press_run(page: "Page") -> dict[str, Any]:
    """Presses Run and gives what was sent."""
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.get_by_role("banner").get_by_role("button", name="Run", exact=True).click()
    return json.loads(asked.value.post_data or "")  # type: ignore[no-any-return]  # JSON


def test_a_run_has_an_address_and_a_reload_shows_it_again(page: "Page", played: str) -> None:
    still(page, played, "slow")
    press_run(page)
    until(page, ENDED)
    assert page.url.startswith(f"{played}/runs/")
    page.reload()
    until(page, ENDED)
    assert code(page) == "slow"
    assert "1999" in page.inner_text("#console .output")
    assert page.inner_text("#run-title") == "slow"
    assert page.inner_text("#run") == "Re-run"


def test_a_stored_run_shows_its_source_its_curve_and_what_it_told(page: "Page", played: str) -> None:
    Shelf(page, run("old", values=[3.0, 2.0, 1.0]))
    printed = {"type": "stdout", "text": "hello\n"}
    tell(page, "old", stream(STARTED, printed, frame(9.0, 8.0), FINISHED))
    page.goto(f"{played}/runs/old")
    until(page, "document.querySelector('.chart')?.data?.[0]?.y.length === 3")
    assert "learning_rate = 1e-4" in code(page)
    until(page, ENDED)
    assert page.inner_text("#console .output") == "hello\n"
    assert page.evaluate("document.querySelector('.chart').data[0].y") == [3, 2, 1]
    assert page.title() == "Title of old · Gradwalk"


def test_a_run_that_goes_on_is_followed_from_its_beginning(page: "Page", played: str) -> None:
    Shelf(page, run("going", state="running", outcome=None))
    tell(page, "going", stream(STARTED, frame(3.0, 2.0)), stream(frame(1.0, first=2), FINISHED, after=2))
    page.goto(f"{played}/runs/going")
    until(page, "document.querySelector('.chart')?.data?.[0]?.y.length === 3")
    assert page.evaluate("document.querySelector('.chart').data[0].y") == [3, 2, 1]


def test_a_server_that_is_away_is_waited_for_and_the_stream_taken_up_after_the_last_event(
    page: "Page", played: str, complaints: list[str]
) -> None:
    Shelf(page, run("going", state="running", outcome=None))
    asked: list[str] = []
    parts = [stream(STARTED, frame(3.0)), None, stream(frame(2.0, first=1), FINISHED, after=2)]

    def answer(route: Any) -> None:
        asked.append(route.request.url.partition("/events")[2])
        body = parts[len(asked) - 1]
        if body is None:
            route.fulfill(status=503)
        else:
            route.fulfill(body=body, content_type="text/event-stream")

    page.route("**/api/runs/going/events**", answer)
    page.goto(f"{played}/runs/going")
    until(page, "document.querySelector('#status').textContent === 'The server is away; waiting for it…'")
    until(page, ENDED)
    assert asked == ["", "", "?after=2"]
    until(page, "document.querySelector('.chart').data?.[0]?.y.length === 2")
    assert [text for text in complaints if "status of 503" not in text] == []
    complaints.clear()


def test_a_queued_run_says_how_many_are_ahead(page: "Page", played: str) -> None:
    shelf = Shelf(page, run("waits", state="queued", outcome=None, queue_position=3, series=[]))
    page.route("**/api/runs/waits/events**", lambda route: None)
    page.goto(f"{played}/runs/waits")
    until(page, "document.querySelector('#status').textContent === 'Queued: 2 ahead'")
    shelf.runs[0].update(queue_position=1)
    until(page, "document.querySelector('#status').textContent === 'Queued: next in line'")
    assert page.get_by_role("button", name="Stop").is_visible()


def test_a_run_that_is_gone_is_told(page: "Page", played: str, complaints: list[str]) -> None:
    Shelf(page)
    page.goto(f"{played}/runs/gone")
    until(page, "document.querySelector('#status').dataset.state === 'bad'")
    assert page.inner_text("#status") == "There is no such run. It may have been deleted."
    assert [text for text in complaints if "status of 404" not in text] == []
    complaints.clear()


def test_two_tabs_watch_one_run_and_either_stops_it(page: "Page", paused: str) -> None:
    page.goto(paused)
    page.wait_for_selector("#examples option:nth-child(3)", state="attached")
    page.get_by_role("button", name="Run", exact=True).click()
    running = "document.querySelector('#console .ending').dataset.outcome === 'running'"
    until(page, running)
    other = page.context.new_page()
    other.goto(page.url)
    until(other, running)
    other.get_by_role("button", name="Stop").click()
    for tab in (other, page):
        until(tab, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")


def test_slow_motion_is_sent_with_the_run(page: "Page", played: str) -> None:
    still(page, played)
    assert "steps_per_s" not in press_run(page)
    until(page, ENDED)
    page.get_by_label("Speed of a run").select_option("10 steps/s")
    assert press_run(page)["steps_per_s"] == 10


def test_a_run_is_named_after_its_example_and_what_was_changed_in_it(page: "Page", played: str) -> None:
    page.route(
        "**/api/examples", lambda route: route.fulfill(json=[{"slug": "20_loop", "title": "A loop", "source": LOOP}])
    )
    opened(page, played)
    page.get_by_role("switch", name="Live").click()
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.select_option("#examples", label="A loop")
    assert json.loads(asked.value.post_data or "")["title"] == "A loop"
    until(page, ENDED)
    type_over(page, LOOP.replace("1e-4", "3e-3"))
    assert press_run(page)["title"] == "A loop · rate = 3e-3"
    until(page, ENDED)
    assert press_run(page)["title"] == "A loop · rate = 3e-3"
    until(page, ENDED)
    type_over(page, "# Something else\nprint(1)\n")
    assert press_run(page)["title"] == "Something else"


def test_a_run_without_an_example_is_named_by_what_it_does_not_by_a_number(page: "Page", played: str) -> None:
    still(page, played, "import torch\nrate, n = 1e-2, 5\nx = torch.ones(n)\nprint(x * rate)\n")
    assert press_run(page)["title"] == "x = torch.ones(n)"


def test_the_list_names_an_example_only_while_the_code_is_it(page: "Page", played: str) -> None:
    example = {"slug": "20_loop", "title": "A loop", "source": LOOP}
    page.route("**/api/examples", lambda route: route.fulfill(json=[example]))
    opened(page, played)
    page.select_option("#examples", label="A loop")
    assert page.input_value("#examples") == "0"
    type_over(page, LOOP.replace("1e-4", "3e-3"))
    assert page.input_value("#examples") == ""
    page.select_option("#examples", label="A loop")
    assert code(page) == LOOP


def test_the_bar_stays_one_line_while_one_of_the_five_runs(page: "Page", paused: str) -> None:
    names = ["14_numpy_by_hand", "19_do_the_five_agree"]
    examples = [{"slug": name, "title": name, "source": f"# {name}\n"} for name in names]
    page.route("**/api/examples", lambda route: route.fulfill(json=examples))
    page.goto(paused)
    before = page.locator(".bar").evaluate("bar => bar.offsetHeight")
    page.get_by_role("switch", name="Live").click()
    page.select_option("#examples", label="14_numpy_by_hand")
    page.wait_for_selector("#agree:visible")
    page.wait_for_selector("#stop:visible")
    assert page.locator(".bar").evaluate("bar => bar.offsetHeight") == before
    page.click("#stop")


def test_a_second_run_is_drawn_beside_the_first(page: "Page", played: str) -> None:
    shelf = Shelf(page)
    still(page, played)
    tell(page, "new0", stream({**STARTED, "run_id": "new0"}, frame(3.0, 2.0), FINISHED))
    tell(page, "new1", stream({**STARTED, "run_id": "new1"}, frame(5.0, 1.0), FINISHED))
    press_run(page)
    until(page, "document.querySelector('.chart')?.data?.length === 1")
    type_over(page, LOOP.replace("1e-4", "1e-2"))
    press_run(page)
    until(page, "document.querySelector('.chart').data.length === 2")
    assert page.locator("#curve .chip-label").all_inner_texts() == ["loss · rate = 1e-2", "rate = 1e-4"]
    assert [each["id"] for each in shelf.runs] == ["new1", "new0"]


def test_do_the_five_agree_is_asked_beside_them(page: "Page", played: str) -> None:
    names = ["13_fit", "14_numpy_by_hand", "19_do_the_five_agree"]
    examples = [{"slug": name, "title": name, "source": f"# {name}\n"} for name in names]
    page.route("**/api/examples", lambda route: route.fulfill(json=examples))
    opened(page, played)
    page.get_by_role("switch", name="Live").click()
    button = page.get_by_role("button", name="Do the five agree?")
    page.select_option("#examples", label="13_fit")
    assert button.is_hidden()
    page.select_option("#examples", label="14_numpy_by_hand")
    until(page, f"{ENDED} && location.pathname !== '/'")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        button.click()
    sent = json.loads(asked.value.post_data or "")
    assert (sent["source"], sent["preset"]) == ("# 19_do_the_five_agree\n", "training")
    assert page.locator("#curve [data-part=log-y]").get_attribute("aria-pressed") == "true"


def test_back_leads_to_the_run_before(page: "Page", played: str) -> None:
    still(page, played, "pow_add")
    press_run(page)
    until(page, ENDED)
    first = page.url
    type_over(page, "slow")
    press_run(page)
    until(page, f"{ENDED} && location.href !== {first!r}")
    page.go_back()
    until(page, "document.querySelector('.cm-content').innerText.includes('pow_add')")
    assert page.url == first


def test_typing_live_on_a_runs_page_leaves_it(page: "Page", played: str) -> None:
    Shelf(page, run("old", series=[series([1.0])]))
    page.goto(f"{played}/runs/old")
    until(page, ENDED)
    page.get_by_role("switch", name="Live").click()
    until(page, "location.pathname === '/'")
    assert page.inner_text("#run-title") == ""
