"""The operator's page as an operator sees it, and the page that asks for a token."""

from typing import TYPE_CHECKING

import pytest

from app.settings import Settings

from ..web.serving import build, serve
from .conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SHARED = Settings(token="the-token-of-a-class", admin_token="the-operators-own-token")


def test_it_shows_walls_queue_clients_outcomes_and_limits(page: "Page", played: str) -> None:
    page.goto(f"{played}/operator")
    until(page, "() => document.querySelector('[data-part=limits] tbody tr') !== null")
    assert page.get_by_role("heading", level=2).all_inner_texts() == [
        "Walls", "Queue", "Clients", "How runs ended", "Limits of a run", "Bounds of the server",
    ]  # fmt: skip
    assert page.locator("[data-part=state]").inner_text() == "Ready"
    queue = page.get_by_role("table", name="Queue").get_by_role("row").all_inner_texts()
    assert [row.split("\t") for row in queue] == [
        ["Kind", "Running", "Waiting"],
        ["Listed runs", "0", "0"],
        ["While somebody types", "0", "0"],
    ]
    limits = page.get_by_role("table", name="Limits of a run").get_by_role("row").all_inner_texts()
    assert limits[1].split("\t") == ["wall_s", "10", "1,200"]


def test_it_fits_a_narrow_screen(page: "Page", played: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{played}/operator")
    until(page, "() => document.querySelector('[data-part=limits] tbody tr') !== null")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_person_without_the_token_types_it_and_is_in(page: "Page", complaints: list[str]) -> None:
    with serve(build(SHARED)) as address:
        page.goto(address)
        assert page.get_by_role("heading").inner_text() == "The token is missing."
        page.get_by_label("Token").fill(str(SHARED.token))
        page.get_by_role("button", name="Open").click()
        page.wait_for_selector("#graph")
        assert page.url == f"{address}/"
        page.goto("about:blank")
    refused = [complaint for complaint in complaints if "403" in complaint]
    complaints[:] = [complaint for complaint in complaints if complaint not in refused]
