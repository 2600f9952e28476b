"""The inspector, mounted alone and fed a recording."""

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Mount, feed, recording

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
