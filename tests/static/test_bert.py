"""A whole BERT, twelve layers with random weights, run behind the real walls and walked through on the page."""

import importlib.util
from typing import TYPE_CHECKING

import httpx
import pytest

from .conftest import until
from .toolbox import unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BERT = """import torch
from transformers import BertConfig, BertForMaskedLM

torch.manual_seed(0)
sizes = dict(hidden_size=48, num_attention_heads=4, intermediate_size=96, vocab_size=1000)
model = BertForMaskedLM(BertConfig(attn_implementation="eager", **sizes))
ids = torch.randint(0, 1000, (1, 16))
model(input_ids=ids, labels=ids).loss.backward()
"""
WAIT_S = 120
OPEN = "[...document.querySelectorAll('#graph .frame')].map(frame => frame.dataset.label)"
BOXES = "[...document.querySelectorAll('#graph .node')].map(box => box.dataset.key)"
FOCUSED = "document.activeElement.getAttribute('aria-label')"
WAY_DOWN = ["encoder.layer.0 … encoder.layer.11", "encoder.layer.0 ·", "attention ·", "self ·"]


@pytest.fixture(scope="module")
def bert(served: str) -> str:
    """The address of a finished run of it."""
    if importlib.util.find_spec("transformers") is None:
        unavailable("transformers is not installed: pip install -e .[browser]")
    run = httpx.post(f"{served}/api/runs", json={"source": BERT, "preset": "training"}, timeout=WAIT_S).json()["id"]
    with httpx.stream("GET", f"{served}/api/runs/{run}/events", timeout=WAIT_S) as told:
        for _ in told.iter_lines():
            pass
    return f"{served}/runs/{run}"


def first_view(page: "Page", address: str) -> None:
    """The page with the graph as it is shown at first."""
    page.goto(address)
    page.wait_for_selector("#graph svg.graph")
    until(page, "document.querySelector('#graph [data-part=count]').textContent.includes('boxes')")


def open_groups(page: "Page", *names: str) -> None:
    """Opens one group after the other by Enter, as far as the last."""
    for name in names:
        page.get_by_role("button", name="Fit the whole graph").click()
        group = page.locator(f'#graph .group[aria-label^="{name}"]')
        opened = f"document.activeElement.matches('.frame[data-group={group.get_attribute('data-group')}]')"
        group.press("Enter")
        until(page, opened)


def test_its_first_view_is_a_few_boxes_with_all_layers_in_one(page: "Page", bert: str) -> None:
    first_view(page, bert)
    count = page.inner_text("#graph [data-part=count]")
    nodes, boxes = (int(words.split()[0].replace(",", "")) for words in count.split(", "))
    assert nodes > 800
    assert boxes <= 60
    assert page.locator("#graph .group.repeat").get_attribute("data-repeats") == "12"


def test_one_drills_down_to_a_heads_softmax_finds_the_query_weight_and_comes_back(page: "Page", bert: str) -> None:
    first_view(page, bert)
    first = [page.evaluate(OPEN), page.evaluate(BOXES)]
    open_groups(page, *WAY_DOWN)
    crumbs = page.get_by_role("navigation", name="Where in the graph").get_by_role("button").all_inner_texts()
    assert crumbs[-4:] == ["encoder.layer.0 … encoder.layer.11", "encoder.layer.0", "attention", "self"]
    softmax = page.locator('#graph .node[aria-label^="SoftmaxBackward0"]')
    page.get_by_role("button", name="Fit the whole graph").click()
    softmax.focus()
    assert "(1, 4, 16, 16)" in page.evaluate(FOCUSED)
    page.get_by_label("Find in the graph").fill("encoder.layer.0.attention.self.query.weight")
    page.wait_for_selector("#graph [role=option]")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.matches('#graph .node.lit')")
    assert "query.weight" in page.evaluate(FOCUSED)
    for _ in range(len(page.evaluate(OPEN)) - len(first[0])):
        opened = page.locator("#graph .frame").count()
        page.keyboard.press("Escape")
        page.wait_for_function("opened => document.querySelectorAll('#graph .frame').length < opened", arg=opened)
        until(page, "document.activeElement.matches('#graph .group')")
    assert [page.evaluate(OPEN), page.evaluate(BOXES)] == first


def test_no_picture_on_the_way_has_more_boxes_than_are_read_at_once(page: "Page", bert: str) -> None:
    first_view(page, bert)
    seen = []
    for name in WAY_DOWN:
        open_groups(page, name)
        seen.append(page.locator("#graph .node").count())
    assert max(seen) <= 120
