"""Groups on the page: opened and closed in place, walked over, told where one is. The pictures are drawn by hand."""

from typing import TYPE_CHECKING

import pytest

from .backwards import backward, step
from .conftest import NARROW, Mount, finished, until
from .grouped import ASKED, ENCODER, FIRST, LAYERS, grouped, has_focus, settled
from .test_access import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TOP = "document.querySelector('#graph [data-group=g0] .shape').getBoundingClientRect()"
CRUMBS = "#graph .crumbs button"
OF_A_WHOLE_PAGE = {"page-has-heading-one", "region", "landmark-one-main", "document-title"}
AT_FIRST = ("n0", "g0", "n5")
OPENED = ("g0", "n0", "g2", "g1", "n5")
DEEPEST = ("g0", "g1", "n0", "g2", "n3", "n4", "n5")


def test_a_click_on_a_closed_group_opens_it_in_its_place_and_gives_its_frame_the_focus(mount: Mount) -> None:
    page = grouped(mount)
    before = page.evaluate(f"(({{ top, left, width }}) => [top, left + width / 2])({TOP})")
    page.locator("#graph .group").click()
    settled(page, *OPENED)
    has_focus(page, LAYERS)
    assert page.evaluate(ASKED) == {"direction": "TB", "fold": True, "expand": [LAYERS], "close": [], "focus": ""}
    assert page.evaluate(f"(({{ top, left, width }}) => [top, left + width / 2])({TOP})") == pytest.approx(before)


def test_a_group_opened_from_afar_comes_so_near_that_its_words_can_be_read(mount: Mount) -> None:
    page = grouped(mount)
    for _ in range(10):
        page.get_by_role("button", name="Zoom out").click()
    assert page.is_hidden("#graph .group .title")
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    assert page.locator("#graph .frame .title").first.is_visible()
    assert page.is_hidden("#graph .sheet svg.far")


def test_enter_opens_level_after_level_and_escape_closes_them_again(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    page.locator(f"#graph [data-group={FIRST}]").press("Enter")
    settled(page, *DEEPEST)
    page.locator("#graph [data-key=n4]").focus()
    page.keyboard.press("Escape")
    settled(page, *OPENED)
    has_focus(page, FIRST)
    page.keyboard.press("Escape")
    settled(page, *AT_FIRST)
    has_focus(page, LAYERS)
    assert page.evaluate(ASKED)["expand"] == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_closing_a_group_closes_what_was_opened_inside(mount: Mount) -> None:
    page = grouped(mount)
    for name in (LAYERS, FIRST):
        page.locator(f"#graph [data-group={name}]").press("Enter")
        has_focus(page, name)
    page.locator(f"#graph .frame[data-group={LAYERS}] .title").click()
    settled(page, *AT_FIRST)
    assert page.evaluate(ASKED)["expand"] == []


def test_a_group_that_the_graph_opens_by_itself_is_closed_by_name_and_opened_again(mount: Mount) -> None:
    page = grouped(mount, graph={**ENCODER, "opened": [LAYERS]})
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    page.keyboard.press("Escape")
    settled(page, *AT_FIRST)
    assert page.evaluate(ASKED)["close"] == [LAYERS]
    page.keyboard.press("Enter")
    settled(page, *OPENED)
    assert page.evaluate(ASKED)["close"] == []


def test_what_is_open_deep_inside_a_group_that_the_event_does_not_name_does_not_keep_it_open(mount: Mount) -> None:
    page = grouped(mount)
    closed = (
        "async () => { const { closed } = await import('/static/js/groups.js');"
        " return closed({ expand: ['g5', 'g6000', 'g7'], close: [] }, 'g5', { groups: [], opened: [] },"
        " new Map([['g7', 'g5']])); }"
    )
    assert page.evaluate(closed) == {"expand": ["g6000"], "close": ["g5"]}


def test_arrows_walk_over_frames_and_groups_and_home_and_end_lead_to_the_ends(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    page.keyboard.press("Home")
    walked = [page.evaluate("document.activeElement.dataset.key")]
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "End"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.dataset.key"))
    assert walked == ["n0", "g2", "g1", "n5", "n5"]
    assert page.locator('#graph [tabindex="0"]:is(.node, .frame)').count() == 1


def test_a_screen_reader_hears_what_a_group_is_and_whether_it_is_open(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    told = page.locator("#graph :is(.frame, .group)").evaluate_all(
        "all => all.map(each => [each.getAttribute('aria-label'), each.getAttribute('aria-expanded')])"
    )
    assert told[:2] == [
        ["encoder.layer · ModuleList, open", "true"],
        ["encoder.layer.1 · BertLayer, 2 nodes, group, closed", "false"],
    ]


def test_the_crumbs_name_the_open_groups_and_a_click_fits_the_camera_on_one(mount: Mount) -> None:
    page = grouped(mount)
    for name in (LAYERS, FIRST):
        page.locator(f"#graph [data-group={name}]").press("Enter")
        has_focus(page, name)
    nav = page.get_by_role("navigation", name="Where in the graph")
    assert nav.get_by_role("button").all_inner_texts() == ["Graph", "encoder.layer", "encoder.layer.0"]
    nav.get_by_role("button", name="encoder.layer.0").click()
    held = page.evaluate(
        "() => { const [frame, sheet] = ['.frame[data-group=g1] .shape', '.sheet'].map(each => "
        "document.querySelector(`#graph ${each}`).getBoundingClientRect());"
        " return [frame.top - sheet.top, sheet.bottom - frame.bottom]; }"
    )
    assert held[0] == pytest.approx(held[1]), "it stands in the middle"
    page.locator("#graph [data-key=n0]").focus()
    until(page, f"document.querySelectorAll('{CRUMBS}').length === 1")


def test_what_both_pictures_show_moves_and_what_is_new_fades_in(mount: Mount, page: "Page") -> None:
    page.emulate_media(reduced_motion="no-preference")
    grouped(mount)
    page.evaluate(
        "() => { window.moved = {}; const plain = Element.prototype.animate; Element.prototype.animate = function (frames, more) {"
        " const key = this.dataset.key ?? this.parentElement.dataset.key; window.moved[key] ??= Object.keys(frames[0])[0];"
        " return plain.call(this, frames, more); }; }"
    )
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    until(page, "window.moved.g1")
    moved = page.evaluate("window.moved")
    assert {key: moved.get(key) for key in ("g0", "n5", "g1", "n0>g2")} == {
        "g0": "transform", "n5": "transform", "g1": "opacity", "n0>g2": "opacity",
    }  # fmt: skip


def test_nothing_moves_for_a_reader_who_wants_less_motion(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph .group").press("Enter")
    settled(page, *OPENED)
    has_focus(page, LAYERS)
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_head_counts_nodes_and_boxes_and_says_what_is_missing(mount: Mount) -> None:
    sentence = "Only 200,000 of 1,000,000 nodes were recorded."
    page = grouped(mount, graph={**ENCODER, "missing": sentence})
    assert page.inner_text("#graph [data-part=count]") == "894 nodes, 3 boxes"
    assert page.inner_text("#graph [data-part=missing]") == sentence


def test_a_group_pointed_at_says_what_it_holds_and_what_goes_through(mount: Mount) -> None:
    page = grouped(mount, panel="replay")
    page.hover("#graph .group .title")
    page.wait_for_selector("#inspector:not([hidden])")
    assert page.inner_text("#inspector [data-slot=name]") == "encoder.layer · ModuleList"
    assert page.inner_text("#inspector [data-slot=facts]") == "4 nodes · 2 parameters with 20 numbers · lines 3–5"
    assert page.inner_text("#inspector [data-slot=formula]") == "(1, 4) → (1, 4)"


def test_a_node_that_the_event_leaves_out_is_asked_for_by_its_group(mount: Mount) -> None:
    short = {**ENCODER, "nodes": ENCODER["nodes"][:2], "edges": []}
    page = grouped(mount, panel="replay", graph=short)
    page.evaluate("nodes => { window.answers.inside = () => nodes; }", ENCODER["nodes"])
    page.evaluate("document.querySelector('#graph [data-key=n5]').dataset.parent = 'g9'")
    page.locator("#graph [data-key=n5]").focus()
    until(page, "document.querySelector('#inspector [data-slot=name]').textContent === 'AccumulateGrad'")
    assert page.evaluate("window.asked.at(-1)") == ["inside", "pow-add", 0, "g9"]


def test_a_variables_row_leads_to_its_node_whatever_hides_it(mount: Mount) -> None:
    page = grouped(mount)
    page.evaluate(
        "detail => document.dispatchEvent(new CustomEvent('gradwalk:seek', { detail }))",
        {"graph": 0, "node": 4, "variables": ["attention"]},
    )
    settled(page, *DEEPEST)
    has_focus(page, "n4")


@pytest.mark.parametrize("scheme", ["light", "dark", "narrow"])
def test_axe_finds_no_barrier_among_open_groups_with_search_and_menus(mount: Mount, page: "Page", scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    grouped(mount, backward(step(0, [1.0], [0.5])), finished(), panel="replay")
    page.locator("#graph .group").press("Enter")
    has_focus(page, LAYERS)
    page.get_by_label("Focus on a part").click()
    page.get_by_role("button", name="Colour by gradient norm").click()
    hit = {"kind": "node", "label": "softmax", "detail": "line 4", "node": 4, "group": None, "path": []}
    page.evaluate("hit => { window.answers.search = () => ({ hits: [hit], total: 3 }); }", hit)
    page.get_by_label("Find in the graph").fill("softmax")
    page.wait_for_selector("#graph [role=option]")
    page.evaluate("document.querySelectorAll('#graph details').forEach(menu => { menu.open = true; })")
    page.evaluate("document.querySelector('#graph [data-part=focus-chip]').hidden = false")
    page.evaluate("document.querySelector('#graph [data-part=focus-words]').textContent = 'Only a part'")
    found = [barrier for barrier in barriers(page, scheme) if barrier[0] not in OF_A_WHOLE_PAGE]
    assert found == []


def test_the_graph_can_fill_the_window_and_is_fitted_anew(mount: Mount) -> None:
    page = grouped(mount)
    page.get_by_role("button", name="Enlarge the graph").click()
    until(page, "document.querySelector('#graph').getBoundingClientRect().height > innerHeight - 40")
    assert page.get_by_role("button", name="Enlarge the graph").get_attribute("aria-pressed") == "true"


def test_the_row_over_the_drawing_fits_a_narrow_screen(mount: Mount) -> None:
    page = grouped(mount)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    for name in (LAYERS, FIRST):
        page.locator(f"#graph [data-group={name}]").press("Enter")
        has_focus(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
