"""The page's promises to every eye, keyboard and screen reader."""

from typing import TYPE_CHECKING

import pytest

from .conftest import NARROW, SOURCE, opened, type_over, until
from .shelf import Shelf, run
from .toolbox import installed

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [NARROW["width"], 800, 1280, 1920])
def test_nothing_sticks_out_at_any_width(page: "Page", played: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, played)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_tab_key_reaches_every_part_in_reading_order(page: "Page", played: str) -> None:
    opened(page, played)
    page.evaluate("document.activeElement.blur()")
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(({id, dataset, classList}) => id || dataset.part || dataset.slot || classList[0])(document.activeElement)"
        )
        seen += [here] if here not in seen else []
        if here == "cm-content":
            page.keyboard.press("Escape")
    wanted = ["examples", "live", "pace", "run", "share", "theme", "cm-content", "body", "turn", "node", "name"]
    assert [name for name in seen if name in wanted] == wanted


def barriers(page: "Page", scheme: str) -> list[list[str]]:
    """What axe complains of, each with the element."""
    axe = installed("axe-core") / "axe.min.js"
    if scheme == "narrow":
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    page.evaluate(axe.read_text("utf-8"))
    return page.evaluate(  # type: ignore[no-any-return]  # JSON
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"
    )


@pytest.mark.parametrize("width", [NARROW["width"], 800, 1280, 1920])
def test_nothing_sticks_out_of_the_runs_page_at_any_width(page: "Page", played: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    compared(page, played)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
def test_axe_finds_no_barrier_on_the_runs_page(page: "Page", played: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    compared(page, played)
    assert barriers(page, scheme) == []


def compared(page: "Page", address: str) -> None:
    """The runs page in every state at once: runs of all kinds, two of them compared, their sources side by side."""
    kinds = [run(name, rate=f"1e-{place}", outcome=name) for place, name in enumerate(("ok", "stopped", "crashed"))]
    going = run("going", state="running", outcome=None, total=500, group="A group", title="a long title " * 12)
    Shelf(page, run("nan", values=[1.0, "NaN"]), going, *kinds)
    page.goto(f"{address}/runs#compare=ok,nan")
    until(page, "document.querySelector('.chart').data?.length > 1")
    page.get_by_role("button", name="Compare sources").click()
    page.wait_for_selector("#diff .cm-changedLine")


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
def test_axe_finds_no_barrier_where_a_curve_is_shown(page: "Page", played: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    Shelf(page, run("a", values=[1e6, 2.0, "NaN"]))
    page.goto(f"{played}/runs/a")
    until(page, "document.querySelector('.chart').data?.length > 1")
    page.get_by_role("button", name="Sweep…").click()
    page.get_by_label("Its values").fill("no number")
    page.get_by_label("learning_rate", exact=True).fill("none either")
    page.keyboard.press("Tab")
    assert barriers(page, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
@pytest.mark.parametrize("source", [SOURCE, "requires_grad_non_leaf"])
def test_axe_finds_no_barrier(page: "Page", played: str, scheme: str, source: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, played)
    with page.expect_response("**/api/expressions"):
        type_over(page, source)
    until(page, "document.querySelector('#status').dataset.state !== 'busy'")
    assert barriers(page, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
def test_axe_finds_no_barrier_where_backward_is_replayed_and_mistakes_are_told(
    page: "Page", played: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.route("**/arithmetic?*", lambda route: route.fulfill(json={"node": 1, "name": "PowBackward0", "lines": []}))
    opened(page, played)
    with page.expect_response("**/api/expressions"):
        type_over(page, "backward_twice")
    until(page, "document.querySelector('.replay-says').textContent === 'Done: x.grad = 4 + 4 = 8'")
    page.get_by_role("button", name="Show the fix").click()
    page.locator("#graph .node.leaf").press("[")
    page.wait_for_selector("#inspector .flow > div")
    until(page, "document.querySelector('.node.now')")
    assert barriers(page, scheme) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]  # it has one
