"""The graph panel, mounted alone and fed a recording; the drawings are the real ones."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Mount, feed, finished, pictures, recording, until
from .grouped import box, svg

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

EVENTS = recording("pow_add")
STARTED = EVENTS[0]
GRAPH = next(event for event in EVENTS if event["type"] == "graph")
OTHER = {**GRAPH, "index": 1, "line": 9}
FOCUSED = "document.activeElement.getAttribute('data-variable')"
SCALE = "new DOMMatrix(document.querySelector('#graph svg.graph').style.transform).a"
PLACE = "document.querySelector('#graph svg.graph').style.transform"


def shown(mount: Mount, *events: dict[str, Any]) -> "Page":
    """The panel with a drawing on view."""
    told = list(events) or EVENTS
    page = mount("graph", *pictures(told))
    feed(page, told)
    page.wait_for_selector("#graph svg.graph")
    return page


def test_it_asks_for_the_picture_of_the_graph_event_and_shows_it(mount: Mount) -> None:
    page = shown(mount)
    plain = {"direction": "TB", "fold": True, "expand": [], "close": [], "focus": ""}
    assert page.evaluate("window.asked") == [["pow-add", 0, plain]]
    assert page.locator("#graph .node[role=graphics-symbol]").count() >= 3
    assert page.inner_text("#graph [data-part=count]") == "3 nodes"
    assert page.is_hidden("#graph [data-part=empty]")


def test_before_the_first_graph_it_says_what_will_be_there(mount: Mount) -> None:
    page = mount("graph")
    assert page.inner_text("#graph [data-part=empty-text]") == "The graph autograd builds appears here."
    assert page.is_hidden("#graph [data-part=tools]")


def test_a_run_without_a_graph_says_so(mount: Mount) -> None:
    page = shown(mount)
    feed(page, [STARTED, finished()])
    assert page.locator("#graph svg.graph").count() == 0
    assert "requires grad" in page.inner_text("#graph [data-part=empty-text]")


def test_a_run_without_a_graph_offers_none_of_those_before(mount: Mount) -> None:
    page = shown(mount, STARTED, GRAPH, OTHER)
    assert page.get_by_label("Which graph").is_visible()
    feed(page, [STARTED, finished()])
    assert page.get_by_label("Which graph").is_hidden()


def test_a_text_that_does_not_parse_keeps_the_last_picture_but_dimmed(mount: Mount) -> None:
    page = shown(mount)
    raised = {**recording("requires_grad_non_leaf")[1], "kind": "SyntaxError"}
    feed(page, [STARTED, raised, finished("exception")])
    assert page.locator("#graph[data-stale] svg.graph").count() == 1


def test_several_graphs_can_be_chosen_among_and_the_newest_is_shown_first(mount: Mount) -> None:
    page = shown(mount, STARTED, GRAPH, OTHER, {**OTHER, "index": 2, "reason": "final", "line": None})
    chooser = page.get_by_label("Which graph")
    assert chooser.locator("option").all_inner_texts() == ["backward(), line 4", "backward(), line 9", "at the end"]
    assert chooser.input_value() == "1"
    chooser.select_option("0")
    until(page, "window.asked.at(-1)[1] === 0")


def test_a_click_on_the_arrow_button_draws_from_left_to_right(mount: Mount) -> None:
    page = shown(mount)
    button = page.get_by_role("button", name="Left to right")
    button.click()
    until(page, "window.asked.at(-1)[2].direction === 'LR'")
    assert button.get_attribute("aria-pressed") == "true"


def test_a_wide_drawing_begins_at_its_root_without_room_left_empty_beside_it(mount: Mount) -> None:
    wide = svg(4000, 100, box(0, "MeanBackward0", 10, 10), box(1, "PowBackward0", 3800, 10))
    page = mount("graph", wide)
    feed(page, EVENTS)
    page.wait_for_selector("#graph svg.graph")
    held = page.evaluate(
        "() => { const [root, sheet] = ['.node.root', '.sheet'].map(each => "
        "document.querySelector(`#graph ${each}`).getBoundingClientRect()); return root.left - sheet.left; }"
    )
    assert 0 <= held < 60


def test_the_fold_switch_shows_only_where_something_is_folded_and_asks_for_all(mount: Mount) -> None:
    page = shown(mount)
    assert page.is_hidden("#graph [data-part=fold-label]")
    folded = pictures([GRAPH])[0].replace('data-folded="0"', 'data-folded="7"')
    page = mount("graph", folded)
    feed(page, EVENTS)
    page.wait_for_selector("#graph svg.graph")
    assert page.inner_text("#graph [data-part=count]") == "3 nodes, 7 folded"
    page.get_by_role("switch", name="Fold").click()
    until(page, "window.asked.at(-1)[2].fold === false")


def test_a_box_of_many_nodes_opens_on_enter(mount: Mount) -> None:
    page = mount("graph", pictures([GRAPH])[0].replace('class="node function root"', 'class="node more root"'))
    feed(page, EVENTS)
    page.locator("#graph .node.more").press("Enter")
    until(page, "window.asked.at(-1)[2].expand[0] === '0'")


def test_the_keyboard_has_one_stop_and_walks_along_the_edges(mount: Mount) -> None:
    page = shown(mount)
    assert page.locator('#graph .node[tabindex="0"]').count() == 1
    page.locator('#graph .node[tabindex="0"]').focus()
    walked = [page.evaluate(FOCUSED)]
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        walked.append(page.evaluate(FOCUSED))
    page.keyboard.press("ArrowUp")
    assert [*walked, page.evaluate(FOCUSED)] == ["z", "y", "x", "y"]
    assert page.locator('#graph .node[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("window.signals.at(-1)") == ["line", 2]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_keys_zoom_and_zero_fits_again(mount: Mount) -> None:
    page = shown(mount)
    page.locator('#graph .node[tabindex="0"]').focus()
    page.keyboard.press("0")
    fitted = page.evaluate(SCALE)
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.evaluate(SCALE) == pytest.approx(fitted * 1.69)
    page.keyboard.press("-")
    assert page.evaluate(SCALE) == pytest.approx(fitted * 1.3)
    page.keyboard.press("0")
    assert page.evaluate(SCALE) == pytest.approx(fitted)


def test_the_mouse_wheel_zooms_and_a_drag_pans(mount: Mount) -> None:
    page = shown(mount)
    before = page.evaluate(SCALE)
    page.mouse.move(600, 150)
    page.mouse.wheel(0, -300)
    until(page, f"{SCALE} > {before}")
    place = page.evaluate(PLACE)
    page.mouse.down()
    page.mouse.move(640, 190)
    page.mouse.up()
    page.wait_for_function(f"place => {PLACE} !== place", arg=place)


def test_a_node_pointed_at_tells_its_line_variable_and_nodes(mount: Mount) -> None:
    page = shown(mount)
    page.hover('#graph .node.function[data-variable="y"]')
    told = page.evaluate("window.signals.filter(([name, light]) => name === 'light' && light.variables)[0]")
    assert told == ["light", {"source": "graph", "graph": 0, "line": 2, "nodes": [1], "variables": ["y"]}]


def test_ids_of_another_graphs_nodes_mean_nothing_here(mount: Mount) -> None:
    page = shown(mount)
    light = {"source": "tensors", "graph": 1, "nodes": [1]}
    page.evaluate("detail => document.dispatchEvent(new CustomEvent('gradwalk:light', { detail }))", light)
    assert page.locator("#graph .lit").count() == 0


@pytest.mark.parametrize(
    "light",
    [
        {"source": "tensors", "variables": ["y"]},
        {"source": "tensors", "graph": 0, "nodes": [1]},
        {"source": "editor", "line": 2},
    ],
)
def test_it_lights_the_node_that_something_else_points_at(mount: Mount, light: dict[str, Any]) -> None:
    page = shown(mount)
    page.evaluate("detail => document.dispatchEvent(new CustomEvent('gradwalk:light', { detail }))", light)
    lit = page.locator("#graph .node.lit:not(.saved)").evaluate_all("nodes => nodes.map(node => node.dataset.variable)")
    assert lit == ["y"]


def test_the_menu_saves_what_is_seen_and_the_whole_and_escape_closes_it(mount: Mount) -> None:
    page = shown(mount)
    page.get_by_label("Save the graph").click()
    seen, whole = page.get_by_role("list", name="What is seen"), page.get_by_role("list", name="The whole graph")
    assert seen.locator("a").all_inner_texts() == ["SVG", "PNG", "PDF", "DOT", "JSON", "GraphML"]
    assert whole.locator("a").all_inner_texts() == ["SVG", "PDF", "DOT", "JSON", "GraphML"]
    links = page.locator("#graph .menu a").evaluate_all(
        "all => all.map(link => [link.getAttribute('href'), link.download])"
    )
    assert [links[0], links[6]] == [["/pow-add/0.svg", "graph.svg"], ["/pow-add/0.svg?whole", "whole-graph.svg"]]
    page.keyboard.press("Escape")
    assert page.is_hidden("#graph .menu a >> nth=0")


def test_a_picture_that_is_no_svg_is_refused_with_a_sentence(mount: Mount) -> None:
    page = mount("graph", "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>")
    feed(page, [STARTED, GRAPH])
    until(page, "document.querySelector('#graph [data-part=empty-text]').innerText.includes('not an SVG')")
