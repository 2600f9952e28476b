"""The page's promises to every eye, keyboard and screen reader."""

from typing import TYPE_CHECKING

import pytest

from .conftest import NARROW, SOURCE, opened, type_over, until
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
    wanted = ["examples", "live", "run", "share", "theme", "cm-content", "body", "turn", "node", "name"]
    assert [name for name in seen if name in wanted] == wanted


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
@pytest.mark.parametrize("source", [SOURCE, "requires_grad_non_leaf"])
def test_axe_finds_no_barrier(page: "Page", played: str, scheme: str, source: str) -> None:
    axe = installed("axe-core") / "axe.min.js"
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, played)
    with page.expect_response("**/api/expressions"):
        type_over(page, source)
    until(page, "document.querySelector('#status').dataset.state !== 'busy'")
    if scheme == "narrow":
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    page.evaluate(axe.read_text("utf-8"))
    found = page.evaluate("axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))")
    assert found == []
