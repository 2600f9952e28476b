"""The inspector, mounted alone and fed a recording."""

from typing import TYPE_CHECKING, Any

import pytest

from .backwards import SQUARE, STARTED, Event
from .conftest import NARROW, Mount, feed, finished, pictures, recording, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GRAPH = next(event for event in recording("pow_add") if event["type"] == "graph")
SIGNAL = "([name, detail]) => document.dispatchEvent(new CustomEvent(`gradwalk:${name}`, { detail }))"


def pointed_at(mount: Mount, node: dict[str, Any], **light: Any) -> "Page":
    """The inspector after a graph of one node was shown and pointed at."""
    page = mount("inspector")
    feed(page, [recording("pow_add")[0], {**GRAPH, "nodes": [node], "edges": []}])
    page.evaluate(SIGNAL, ["shown", 0])
    page.evaluate(SIGNAL, ["light", {"source": "graph", "nodes": [node["id"]], **light}])
    return page


def test_a_function_shows_what_it_made_where_and_what_it_saved(mount: Mount) -> None:
    page = pointed_at(mount, {**GRAPH["nodes"][1], "formula": "grad * exponent * self.pow(exponent - 1)"})
    assert [line for line in page.inner_text("#inspector").splitlines() if line] == [
        "PowBackward0 made y",
        "shape () · float32 · line 2 · sequence_nr 0",
        "grad * exponent * self.pow(exponent - 1)",
        "saved self = 2.",
        "saved exponent = 2",
    ]


def test_a_leaf_shows_which_grad_it_adds_into(mount: Mount) -> None:
    page = pointed_at(mount, GRAPH["nodes"][2])
    assert page.inner_text("#inspector").splitlines()[0] == "AccumulateGrad adds into x.grad"


def test_freed_and_large_saved_tensors_are_named_as_such(mount: Mount) -> None:
    large = {**GRAPH["nodes"][0]["value"], "shape": [64, 64], "data": None}
    saved = [{"name": "self", "value": None, "freed": True}, {"name": "mat2", "value": large, "freed": False}]
    page = pointed_at(mount, {**GRAPH["nodes"][0], "saved": saved})
    assert page.inner_text("#inspector ul").splitlines() == ["saved self = freed", "saved mat2 = float32 (64, 64)"]


def test_it_shows_nothing_while_nothing_or_something_elsewhere_is_pointed_at(mount: Mount) -> None:
    page = pointed_at(mount, GRAPH["nodes"][0], source="tensors")
    assert page.is_hidden("#inspector")
    page.evaluate(SIGNAL, ["light", {"source": "graph"}])
    assert page.is_hidden("#inspector")


ROOM = ".graph-body { min-height: 300px }"
"""The panel as high as in the page, so that all of a small graph is seen."""


def replayed(mount: Mount, backward: Event, at: int = 99) -> "Page":
    """The graph with its player, where the first function was chosen by a click."""
    told = [STARTED, GRAPH, backward, finished()]
    page = mount("replay", *pictures(told))
    page.add_style_tag(content=ROOM)
    feed(page, told)
    page.evaluate(
        "lines => { window.answers.arithmetic = (run, number, node) => ({ node, name: '', lines }); }", [LINE]
    )
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    page.get_by_label("Step of backward()").fill(str(min(at, len(backward["steps"]) + 1)))
    return page


LINE = {
    "input": "self", "input_nr": 0, "variable": "x", "formula": "grad * exponent * self^(exponent-1)",
    "numbers": "1 * 2 * 2^1", "result": "4", "table": "pow_backward(grad, self, exponent)", "note": None,
}  # fmt: skip
CHECK = {
    "leaf": "x", "node": 2, "places": [0, 1], "recorded": [4.0, 1.0], "measured": [4.0000001, 3.0], "error": 2.0,
    "tolerance": 1e-4, "agrees": False, "detail": "The custom Function's backward is at fault.",
}  # fmt: skip


def rows(page: "Page") -> list[str]:
    return page.locator("#inspector .flow > div").evaluate_all("all => all.map(row => row.textContent)")  # type: ignore[no-any-return]  # JSON


def test_a_chosen_node_shows_its_formula_with_this_runs_numbers(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.locator('#graph .node.function[data-variable="y"]').click()
    page.wait_for_selector("#inspector .arithmetic")
    assert [line for line in page.inner_text("#inspector .arithmetic").splitlines() if line] == [
        "grad * exponent * self^(exponent-1) = 1 * 2 * 2^1 = 4",
        "for self (x) · pow_backward(grad, self, exponent)",
    ]
    assert page.evaluate("window.asked.at(-1)") == ["arithmetic", "pow-add", 1, 1]
    assert rows(page) == ["gradient in1", "gradient out4"]


def test_a_chosen_node_follows_the_replay(mount: Mount) -> None:
    page = replayed(mount, SQUARE, at=1)
    page.locator('#graph .node.function[data-variable="y"]').click()
    until(page, "document.querySelector('#inspector .flow').textContent === 'waitsit runs at step 2'")
    assert page.inner_text("#inspector ul").splitlines() == ["saved self = 2.", "saved exponent = 2"]
    page.get_by_role("button", name="One step on").click()
    until(page, "document.querySelector('#inspector .flow').textContent === 'gradient in1gradient out4'")
    assert page.inner_text("#inspector ul").splitlines() == ["saved self = 2. · freed", "saved exponent = 2"]


def test_retain_graph_is_named_where_it_keeps_what_was_saved(mount: Mount) -> None:
    page = replayed(mount, {**SQUARE, "retain_graph": True, "freed": []})
    page.locator('#graph .node.function[data-variable="y"]').click()
    assert page.inner_text("#inspector ul").splitlines()[0] == "saved self = 2. · kept by retain_graph"


def test_a_leaf_can_be_checked_with_finite_differences(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.evaluate("told => { window.answers.check = () => told; }", CHECK)
    page.locator("#graph .node.leaf").click()
    page.get_by_role("button", name="Check with finite differences").click()
    page.wait_for_selector("#inspector .check")
    assert page.evaluate("window.asked.at(-1)") == ["check", "pow-add", 1, "x"]
    assert page.inner_text("#inspector .verdict") == "✕ Does not agree: they differ by 2, 1.00e-4 is allowed."
    cells = page.locator("#inspector .places tbody tr").evaluate_all("all => all.map(row => row.textContent)")
    assert cells == ["x[1]13", "x[0]44"]
    assert "custom Function" in page.inner_text("#inspector .check")


def test_on_a_narrow_screen_what_a_check_says_is_scrolled_to(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a size as playwright takes it
    page.evaluate("told => { window.answers.check = () => told; }", CHECK)
    page.locator("#graph .node.leaf").click()
    page.get_by_role("button", name="Check with finite differences").click()
    page.wait_for_selector("#inspector .check")
    card, said = (page.locator(name).bounding_box() for name in ("#inspector", "#inspector .verdict"))
    assert card is not None
    assert said is not None
    assert card["y"] <= said["y"] < said["y"] + said["height"] <= card["y"] + card["height"]


def test_a_function_offers_no_check(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.locator('#graph .node.function[data-variable="y"]').click()
    assert page.is_hidden("#inspector [data-part=check]")


def test_escape_and_the_button_let_a_node_go(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.locator("#graph .node.leaf").click()
    page.keyboard.press("Escape")
    assert page.is_hidden("#inspector")
    page.locator("#graph .node.leaf").click()
    page.locator("#inspector").get_by_role("button", name="Close").click()
    assert page.is_hidden("#inspector")


def test_while_a_node_is_chosen_pointing_at_another_changes_nothing(mount: Mount) -> None:
    page = replayed(mount, SQUARE)
    page.locator("#graph .node.leaf").click()
    page.evaluate(SIGNAL, ["light", {"source": "graph", "nodes": [0]}])
    assert page.inner_text("#inspector [data-slot=name]") == "AccumulateGrad"


def test_a_leaf_that_is_folded_into_a_box_is_chosen_by_a_click_on_its_chip(mount: Mount) -> None:
    drawing = pictures([GRAPH])[0].replace('class="node leaf"', 'class="chip leaf"')
    page = mount("replay", drawing)
    page.add_style_tag(content=ROOM)
    feed(page, [STARTED, GRAPH, SQUARE, finished()])
    page.wait_for_selector("#graph .chip")
    page.locator("#graph .chip").click()
    assert page.inner_text("#inspector [data-slot=name]") == "AccumulateGrad"
    assert page.is_visible("#inspector [data-part=check]")


def test_values_read_at_an_earlier_backward_are_called_so(mount: Mount) -> None:
    told = [STARTED, GRAPH, {**SQUARE, "retain_graph": True, "freed": []}, {**SQUARE, "number": 2}, finished()]
    page = mount("replay", *pictures(told))
    feed(page, told)
    page.evaluate("lines => { window.answers.arithmetic = () => ({ node: 1, name: '', lines }); }", [LINE])
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    page.locator('#graph .node.function[data-variable="y"]').click()
    assert page.inner_text("#inspector ul").splitlines() == [
        "saved self = 2. · read at an earlier backward · freed",
        "saved exponent = 2",
    ]


@pytest.mark.parametrize(
    ("line", "equation"),
    [
        ({"formula": "grad", "numbers": "1", "result": "1", "table": "handle_r_to_c(grad)"}, "grad = 1"),
        (
            {"formula": None, "numbers": None, "result": "3", "table": "grad * digamma(self)"},
            "grad * digamma(self) = 3",
        ),
    ],
)
def test_an_equation_says_nothing_twice_and_falls_back_to_torchs_own(
    mount: Mount, line: dict[str, Any], equation: str
) -> None:
    page = replayed(mount, SQUARE)
    page.evaluate(
        "line => { window.answers.arithmetic = () => ({ node: 1, name: '', lines: [line] }); }", {**LINE, **line}
    )
    page.locator('#graph .node.function[data-variable="y"]').click()
    page.wait_for_selector("#inspector .arithmetic")
    assert page.inner_text("#inspector .arithmetic .formula") == equation


@pytest.mark.parametrize(
    ("raised", "words"), [(False, "this backward had no need of it"), (True, "an exception came before it")]
)
def test_a_node_that_did_not_run_says_why(mount: Mount, raised: bool, words: str) -> None:
    page = replayed(mount, {**SQUARE, "steps": SQUARE["steps"][:1], "grads": {}, "raised": raised, "failed": 1})
    page.locator("#graph .node.leaf").click()
    assert rows(page) == [f"not run{words}"]
