"""The search in a graph: a field with a list, as the ARIA Authoring Practices have it."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Mount, until
from .grouped import ASKED, ENCODER, FIRST, LAYERS, grouped, has_focus, settled
from .test_groups import AT_FIRST, DEEPEST

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FIELD = "Find in the graph"


def hit(kind: str, label: str, node: int | None, path: list[str], group: str | None = None) -> dict[str, Any]:
    """One place that was found."""
    return {"kind": kind, "label": label, "detail": "line 4", "node": node, "group": group, "path": path}


SOFTMAX = hit("node", "SoftmaxBackward0", 4, [LAYERS, FIRST], FIRST)
LAYER = hit("group", "encoder.layer.0 · BertLayer", None, [LAYERS], FIRST)


def searched(mount: Mount, words: str, *hits: dict[str, Any], total: int | None = None) -> "Page":
    """The panel after these words were typed and these places found."""
    page = grouped(mount)
    answer = {"hits": list(hits), "total": len(hits) if total is None else total}
    page.evaluate("answer => { window.answers.search = () => answer; }", answer)
    page.get_by_label(FIELD).fill(words)
    until(page, "window.asked.some(([name]) => name === 'search')")
    page.wait_for_selector("#graph .found > :not([hidden])")
    return page


def test_what_is_typed_is_asked_once_it_rests_and_listed(mount: Mount) -> None:
    page = searched(mount, "layer.0", SOFTMAX, LAYER, total=7)
    assert page.evaluate("window.asked.filter(([name]) => name === 'search').map(each => each.slice(1, 4))") == [
        ["pow-add", 0, "layer.0"]
    ]
    options = page.get_by_role("option")
    assert [" ".join(text.split()) for text in options.all_inner_texts()] == [
        "SoftmaxBackward0 node line 4 · encoder.layer › encoder.layer.0",
        "encoder.layer.0 · BertLayer group line 4 · encoder.layer",
    ]
    assert page.inner_text("#graph [data-part=found]") == "5 more: type more of the name."


def test_arrows_choose_in_the_list_and_the_field_says_which(mount: Mount) -> None:
    page = searched(mount, "layer", SOFTMAX, LAYER)
    field = page.get_by_label(FIELD)
    chosen = [field.get_attribute("aria-activedescendant")]
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        field.press(key)
        chosen.append(field.get_attribute("aria-activedescendant"))
    assert chosen == ["hit-0", "hit-1", "hit-0", "hit-1"]
    assert page.locator("[role=option][aria-selected=true]").get_attribute("id") == "hit-1"


def test_enter_opens_what_hides_a_node_and_focuses_and_lights_it(mount: Mount) -> None:
    page = searched(mount, "softmax", SOFTMAX)
    page.get_by_label(FIELD).press("Enter")
    settled(page, *DEEPEST)
    has_focus(page, "n4")
    assert page.evaluate(ASKED)["expand"] == [LAYERS, FIRST]
    assert page.locator("#graph .lit").get_attribute("data-key") == "n4"
    assert page.is_hidden("#graph [data-part=hits]")


def test_a_click_on_a_group_that_was_found_shows_its_box(mount: Mount) -> None:
    page = searched(mount, "layer.0", LAYER)
    page.get_by_role("option").click()
    has_focus(page, FIRST)
    assert page.evaluate(ASKED)["expand"] == [LAYERS]


def test_what_is_seen_already_is_gone_to_without_another_picture(mount: Mount) -> None:
    page = searched(mount, "loss", hit("node", "MseLossBackward0", 0, []))
    drawn = page.evaluate("window.asked.length")
    page.get_by_label(FIELD).press("Enter")
    has_focus(page, "n0")
    assert page.evaluate("window.asked.length") == drawn


def test_nothing_found_says_what_can_be_searched_for(mount: Mount) -> None:
    page = searched(mount, "transformer2")
    assert page.get_by_role("status").filter(has_text="transformer2").inner_text() == (
        "Nothing here is called “transformer2”. Search for a node (softmax), a variable (W_q), a module "
        "(encoder.layer.3), a function or a line (line 14)."
    )


def test_a_refusal_is_told_in_its_own_words(mount: Mount) -> None:
    page = grouped(mount)
    page.evaluate("() => { window.answers.search = () => { throw new Error('There is no such run.'); }; }")
    page.get_by_label(FIELD).fill("x")
    until(page, "document.querySelector('#graph [data-part=found]').textContent === 'There is no such run.'")


def test_escape_closes_the_list_and_then_leads_back_to_the_drawing(mount: Mount) -> None:
    page = searched(mount, "layer", SOFTMAX)
    field = page.get_by_label(FIELD)
    field.press("Escape")
    assert page.is_hidden("#graph [data-part=hits]")
    assert field.get_attribute("aria-expanded") == "false"
    field.press("Escape")
    has_focus(page, "n0")


def test_a_slash_in_the_drawing_leads_to_the_field(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph [data-key=n0]").focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.dataset.part") == "find"
    assert page.get_by_label(FIELD).input_value() == ""
    settled(page, *AT_FIRST)


def test_a_small_graph_needs_no_search(mount: Mount) -> None:
    page = grouped(mount, graph={**ENCODER, "total_nodes": 6})
    assert page.get_by_label(FIELD).is_hidden()
