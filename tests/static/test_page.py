"""The whole page against a server that plays recordings."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ENDED, SOURCE, code, opened, type_over, until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


def test_a_newcomer_sees_the_readmes_example_and_its_graph_at_once(page: "Page", played: str) -> None:
    opened(page, played)
    assert code(page) == SOURCE
    assert page.inner_text("#console .output") == "None\n"
    assert page.locator("#tensors [data-part=rows] tr").count() == 3
    assert page.inner_text("#status") == "Done"


def test_a_newer_text_ends_the_older_request(page: "Page", played: str) -> None:
    opened(page, played)
    sources: list[str] = []
    ended: list[str] = []

    def hold_the_first(route: "Route") -> None:
        sources.append(json.loads(route.request.post_data or "")["source"])
        if len(sources) > 1:
            route.continue_()

    page.route("**/api/expressions", hold_the_first)
    page.on("requestfailed", lambda request: ended.append(json.loads(request.post_data or "")["source"]))
    with page.expect_request("**/api/expressions"):
        type_over(page, "first")
    with page.expect_response("**/api/expressions"):
        type_over(page, "second")
    until(page, ENDED)
    assert (sources, ended) == (["first", "second"], ["first"])


def test_without_live_mode_nothing_runs_until_asked(page: "Page", played: str) -> None:
    opened(page, played)
    page.get_by_role("switch", name="Live").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url.removeprefix(played)}"))
    type_over(page, "slow")
    with page.expect_response("**/events"):
        page.keyboard.press("Control+Enter")
    until(page, ENDED)
    assert asked[0] == "POST /api/runs"
    assert "1999" in page.inner_text("#console .output")


def test_a_run_that_goes_on_can_be_stopped_and_the_button_then_gives_the_focus_back(page: "Page", paused: str) -> None:
    page.goto(paused)
    page.wait_for_selector("#examples option:nth-child(3)", state="attached")
    page.get_by_role("button", name="Run", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'running'")
    assert page.inner_text("#status") == "Running…"
    stop.focus()
    stop.press("Enter")
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")
    until(page, "document.activeElement.id === 'run'")
    assert stop.is_hidden()


def test_an_exception_is_marked_at_its_line(page: "Page", played: str) -> None:
    opened(page, played)
    type_over(page, "requires_grad_non_leaf")
    until(page, "document.querySelector('#status').dataset.state === 'bad'")
    assert page.inner_text("#status") == "RuntimeError on line 3"
    type_over(page, "one\ntwo\nthree.four()\n")
    page.route("**/api/expressions", lambda route: route.fulfill(json=raising()))
    type_over(page, "one\ntwo\n  three.four()\n")
    page.wait_for_selector(".cm-lintRange-error")
    assert page.locator(".cm-lintRange-error").all_inner_texts() == ["three.four()"]
    page.get_by_role("button", name="line 3").click()
    assert page.evaluate("getSelection().anchorNode.parentElement.closest('.cm-line').textContent") == "  three.four()"


def raising() -> dict[str, Any]:
    """A whole result that ends in an exception on line 3."""
    raised = {
        "type": "exception", "kind": "NameError", "message": "name 'three' is not defined", "line": 3, "column": 2,
        "traceback": "", "mistake": None, "explanation": None, "fix": None,
    }  # fmt: skip
    lists: dict[str, Any] = {name: [] for name in ("tensors", "graphs", "backwards", "scalars", "figures", "mistakes")}
    texts = {"id": "r", "url": "/", "outcome": "exception", "detail": "", "stdout": "", "stderr": ""}
    return {**texts, **lists, "exception": raised, "wall_ms": 1}


def test_pointing_at_a_node_lights_its_line_and_its_row_and_the_other_way_round(page: "Page", played: str) -> None:
    opened(page, played)
    page.hover('#graph .node.function[data-variable="y"]')
    assert page.locator(".cm-lit").all_inner_texts() == ["\n"]
    assert page.locator("#tensors tr.lit .name").all_inner_texts() == ["y"]
    assert "PowBackward0" in page.inner_text("#inspector")
    page.hover("#tensors [data-part=rows] tr:nth-child(1)")
    lit = page.locator("#graph .node.lit").evaluate_all("nodes => nodes.map(node => node.dataset.variable)")
    assert lit == ["x"]
    assert page.locator(".cm-lit").all_inner_texts() == ["import torch"]
    page.locator(".cm-line").nth(2).click()
    assert page.locator("#tensors tr.lit .name").all_inner_texts() == ["z"]
    assert page.locator("#graph .node.root.lit").count() == 1


def test_every_example_is_offered_and_choosing_one_runs_it(page: "Page", played: str) -> None:
    opened(page, played)
    offered = page.locator("#examples option").all_inner_texts()
    assert len(offered) > 11
    with page.expect_request("**/api/expressions") as asked:
        page.select_option("#examples", label="retain_grad keeps a middle gradient")
    assert "y.retain_grad()" in json.loads(asked.value.post_data or "")["source"]
    assert "y.retain_grad()" in code(page)


def test_a_link_holds_the_code_and_nothing_of_it_reaches_the_server(page: "Page", played: str) -> None:
    opened(page, played)
    text = "名 = '🙂 <b>'\n" * 40
    type_over(page, text)
    page.get_by_role("button", name="Share").click()
    until(page, "location.hash.startsWith('#code=')")
    link = page.evaluate("location.href")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    page.goto(link)
    until(page, ENDED)
    assert code(page).strip() == text.strip()
    assert [url for url in asked if "code=" in url and "#" not in url] == []


def test_a_broken_link_leaves_the_first_example(page: "Page", played: str) -> None:
    opened(page, played, "#code=%%%not-base64")
    assert code(page) == SOURCE


def test_the_theme_follows_the_system_until_switched_and_is_kept(page: "Page", played: str) -> None:
    opened(page, played)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(background)
    assert dark != light
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(background) == light
    opened(page, played)
    assert page.evaluate(background) == light


@pytest.mark.parametrize(
    ("health", "shown"),
    [
        ({"state": "refusing", "unsafe": False, "detail": "No walls."}, "Code can't run here. No walls."),
        ({"state": "ready", "unsafe": True, "detail": ""}, "No sandbox. Code on this page can read and change"),
        ({"state": "starting", "unsafe": False, "detail": ""}, "Starting. The sandbox is warming up"),
    ],
)
def test_a_banner_tells_the_servers_state(page: "Page", played: str, health: dict[str, Any], shown: str) -> None:
    page.route("**/healthz", lambda route: route.fulfill(json={"tier": None, **health}))
    page.goto(played)
    page.wait_for_selector("#banner:not([hidden])")
    assert page.inner_text("#banner").startswith(shown)


def test_where_code_is_refused_recorded_runs_can_be_played(page: "Page", played: str) -> None:
    page.request.post(f"{played}/api/runs", data={"source": "pow_add", "title": "A recorded run"})
    refusing = {"state": "refusing", "tier": None, "unsafe": False, "detail": "No walls."}
    page.route("**/healthz", lambda route: route.fulfill(json=refusing))
    page.goto(played)
    page.get_by_role("button", name="Play A recorded run").first.click()
    page.wait_for_selector("#graph svg.graph")
    assert page.inner_text("#banner pre") == "python3 run.py --unsafe-no-sandbox"
    assert code(page) == "pow_add"


def test_without_the_bundle_a_plain_text_area_does_the_work(page: "Page", played: str) -> None:
    missing = "throw new Error('not built')"
    page.route("**/dist/bundle.js", lambda route: route.fulfill(body=missing, content_type="text/javascript"))
    opened(page, played)
    area = page.get_by_label("Python source")
    assert area.input_value() == SOURCE
    area.fill("requires_grad_non_leaf")
    until(page, "document.querySelector('#status').dataset.state === 'bad'")
    assert area.get_attribute("aria-invalid") == "true"


def test_a_fix_is_put_into_the_code_by_one_click_and_undone_by_the_editor(page: "Page", played: str) -> None:
    opened(page, played)
    page.get_by_role("switch", name="Live").click()
    type_over(page, "backward_twice")
    with page.expect_response("**/events"):
        page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Put the fix into the code").click()
    assert "x.grad = None" in code(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+z")
    assert code(page) == "backward_twice"
