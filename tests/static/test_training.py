"""Training loops run behind the real walls and watched in the real page: alive, stopped, reloaded, laid over each other."""

from typing import TYPE_CHECKING

import pytest

from .conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LOOP = """import torch

rate = 1e-1
w = torch.zeros(3, requires_grad=True)
for step in range({steps}):
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= rate * w.grad
        w.grad = None
    log(step, loss=loss.item())
"""
DONE = "['good', 'bad'].includes(document.querySelector('#status').dataset.state)"
STEPS = "(document.querySelector('.chart')?.data?.[0]?.x ?? [])"


def begin(page: "Page", address: str, source: str, pace: str = "Full speed") -> None:
    """Opens the workbench and runs the source with Ctrl+Enter."""
    page.goto(address)
    until(page, DONE)
    page.get_by_role("switch", name="Live").click()
    again(page, source, pace)


def again(page: "Page", source: str, pace: str = "Full speed") -> None:
    page.get_by_label("Speed of a run").select_option(pace)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def test_points_are_on_the_chart_while_the_run_goes_on_and_stay_when_it_is_stopped(page: "Page", served: str) -> None:
    begin(page, served, LOOP.format(steps=100_000), "50 steps/s")
    until(page, f"{STEPS}.length > 3")
    assert page.inner_text("#status") == "Running…"
    page.get_by_role("button", name="Stop").click()
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")
    until(page, f"{STEPS}.length > 3")


def test_a_reload_in_the_middle_shows_the_whole_curve_and_goes_on(page: "Page", served: str) -> None:
    begin(page, served, LOOP.format(steps=100_000), "50 steps/s")
    until(page, f"{STEPS}.length > 3")
    page.reload()
    until(page, f"{STEPS}.length > 30")
    steps = page.evaluate(STEPS)
    assert steps == list(range(len(steps)))
    until(page, f"{STEPS}.length > {len(steps)}")
    page.get_by_role("button", name="Stop").click()
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")


def test_three_runs_lie_over_each_other_under_what_was_changed(page: "Page", served: str) -> None:
    begin(page, served, LOOP.format(steps=50))
    for rate in ("1e-2", "1e-3"):
        until(page, DONE)
        before = page.url
        again(page, LOOP.format(steps=50).replace("1e-1", rate))
        until(page, f"location.href !== {before!r}")
    until(page, DONE)
    page.get_by_role("link", name="Runs").click()
    boxes = page.locator("#runs [type=checkbox]")
    boxes.nth(2).wait_for()
    for place in range(3):
        boxes.nth(place).check()
        until(page, f"document.querySelectorAll('#curve .chip').length === {place + 1}")
    until(page, "document.querySelector('.chart').data?.length === 3")
    assert page.locator("#curve .chip-label").all_inner_texts() == ["rate = 1e-3", "rate = 1e-2", "rate = 1e-1"]
    assert page.evaluate("document.querySelector('.chart').data.map(({ x }) => x.length)") == [50, 50, 50]


def test_a_numpy_loop_by_hand_has_a_curve_too(page: "Page", served: str) -> None:
    source = "import numpy as np\nw = np.zeros(3)\nfor step in range(40):\n    loss = float(((w - 1) ** 2).sum())\n    w += 0.1 * (1 - w)\n"
    begin(page, served, source)
    until(page, f"{STEPS}.length === 40")
