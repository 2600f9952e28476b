"""Only what is near the visible part of a drawing is laid out; what is hidden can be reached all the same."""

from typing import TYPE_CHECKING

import pytest

from .backwards import GRAPH, STARTED, Event, backward, edge, graph, node, step
from .conftest import Mount, feed, finished, until
from .grouped import box, line, svg

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LENGTH = 100
CHAIN = graph([node(number, "MulBackward0") for number in range(LENGTH)], [edge(n, n + 1) for n in range(LENGTH - 1)])
COLUMN = svg(
    200,
    LENGTH * 100,
    *(line(f"n{n}", f"n{n + 1}", (60, n * 100 + 50), (60, n * 100 + 92), f"{n}:0") for n in range(LENGTH - 1)),
    *(box(number, "MulBackward0", 10, number * 100 + 10) for number in range(LENGTH)),
)
LAID_OUT = "[...document.querySelectorAll('#graph .node')].filter(box => box.getBoundingClientRect().width > 0).map(box => box.dataset.node)"
HIDDEN = "document.querySelector('#graph .node[data-node=\"90\"]').matches('.away')"
FOCUSED = "document.activeElement.dataset.node"


def column(mount: Mount, *events: Event, panel: str = "graph") -> "Page":
    """A hundred boxes, one under the other, of which a few have room on the sheet."""
    page = mount(panel, COLUMN)
    page.add_style_tag(content=".graph-body { height: 500px; flex: none }")
    feed(page, [STARTED, CHAIN, *events])
    page.wait_for_selector("#graph svg.graph")
    return page


def test_boxes_far_from_what_is_seen_have_no_layout(mount: Mount) -> None:
    page = column(mount)
    laid_out = page.evaluate(LAID_OUT)
    assert laid_out[:3] == ["0", "1", "2"]
    assert len(laid_out) < LENGTH / 4
    assert page.locator("#graph .edge:not(.away)").count() < LENGTH / 4


def test_they_come_where_the_camera_goes(mount: Mount) -> None:
    page = column(mount)
    page.get_by_role("button", name="Fit the whole graph").click()
    assert page.evaluate(LAID_OUT) == [str(number) for number in range(LENGTH)]


def test_a_drag_brings_them_and_hides_those_left_behind(mount: Mount) -> None:
    page = column(mount)
    sheet = page.locator("#graph .sheet").bounding_box()
    assert sheet is not None
    x, y = sheet["x"] + 20, sheet["y"] + 20
    page.mouse.move(x, y + 440)
    for _ in range(17):
        page.mouse.down()
        page.mouse.move(x, y)
        page.mouse.up()
        page.mouse.move(x, y + 440)
    until(page, f"!{HIDDEN}")
    kept = page.evaluate(LAID_OUT)
    assert kept[0] == "0", "the one that Tab leads to stays"
    assert "5" not in kept


def test_a_focus_beyond_the_edge_moves_the_camera_and_nothing_else(mount: Mount) -> None:
    page = column(mount)
    below = page.locator('#graph .node[data-node="8"]')
    page.keyboard.press("Tab")  # who uses the keyboard sees where the focus is
    below.evaluate("box => box.focus()")
    assert page.evaluate("[...document.querySelectorAll('.sheet, .graph-body')].map(part => part.scrollTop)") == [0, 0]
    box, sheet = below.bounding_box(), page.locator("#graph .sheet").bounding_box()
    assert box is not None
    assert sheet is not None
    assert sheet["y"] < box["y"] < sheet["y"] + sheet["height"] - box["height"]


def test_the_keyboard_reaches_what_is_hidden(mount: Mount) -> None:
    page = column(mount)
    page.locator('#graph .node[data-node="0"]').focus()
    page.keyboard.press("End")
    assert page.evaluate(FOCUSED) == str(LENGTH - 1)
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUSED) == str(LENGTH - 2)
    seen = page.evaluate(
        "() => { const [box, sheet] = [document.activeElement, document.querySelector('#graph .sheet')]"
        ".map(each => each.getBoundingClientRect()); return box.top >= sheet.top && box.bottom <= sheet.bottom; }"
    )
    assert seen


def test_the_focus_is_kept_where_the_camera_leaves_it_behind(mount: Mount) -> None:
    page = column(mount)
    page.locator('#graph .node[data-node="99"]').evaluate("box => box.setAttribute('tabindex', 0)")
    page.locator('#graph .node[data-node="0"]').focus()
    page.get_by_role("button", name="Zoom in").evaluate("button => { for (let n = 0; n < 6; n += 1) button.click(); }")
    assert page.evaluate(FOCUSED) == "0"


def test_words_too_small_to_be_read_are_left_out(mount: Mount) -> None:
    page = column(mount)
    title = page.locator('#graph .node[data-node="0"] .title')
    assert title.is_visible()
    page.get_by_role("button", name="Fit the whole graph").click()
    assert title.is_hidden()
    assert page.locator('#graph .node[data-node="0"] .shape').is_visible()


def test_a_replay_goes_to_boxes_that_were_hidden_and_writes_beside_them(mount: Mount) -> None:
    told = backward(*(step(number, [1.0], [float(number)] if number < LENGTH - 1 else []) for number in range(LENGTH)))
    page = column(mount, told, finished(), panel="replay")
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    page.get_by_label("Step of backward()").fill("91")
    until(page, f"!{HIDDEN}")
    until(page, "document.querySelector('#graph .node.now').dataset.node === '90'")
    words = page.locator("#graph .gradient.now:not(.away)").all_text_contents()
    assert words == ["89", "90"]
    assert page.locator("#graph .gradient:not(.away)").count() < LENGTH / 2


def test_a_drawing_at_rest_is_painted_sharp(mount: Mount) -> None:
    page = column(mount)
    page.mouse.move(600, 300)
    page.mouse.wheel(0, -100)
    page.wait_for_selector("#graph svg.moving")
    page.wait_for_selector("#graph svg:not(.moving)")


def test_without_the_bundle_nothing_is_hidden(mount: Mount) -> None:
    page = mount("graph", COLUMN)
    page.evaluate(
        "async () => { const { createCamera } = await import('/static/js/camera.js');"
        " const sheet = document.createElement('div'); document.body.append(sheet);"
        " const svg = document.importNode(new DOMParser().parseFromString(window.draw(0), 'image/svg+xml').documentElement, true);"
        " sheet.append(svg); document.body.dataset.bundled = 'no'; createCamera(sheet, null).show(svg); }"
    )
    assert page.locator("svg.graph .away").count() == 0
    assert GRAPH["index"] == 0
