"""Backward in the whole page, run behind the real walls and recorded by the real engine's hooks."""

from typing import TYPE_CHECKING

import pytest

from .conftest import ENDED, type_over, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SQUARE = "import torch\nx = torch.tensor(2., requires_grad=True)\ny = x**2\nz = y + 3\n"
LOOP = "x = torch.ones(2, requires_grad=True)\nfor step in range(40):\n    (x * step).pow(2).sum().backward()\n    x.grad = None\n"
EDGES = "[...document.querySelectorAll('.gradient.on:not(.grown, .note)')].map(each => each.textContent)"
FREED = "[...document.querySelectorAll('.node.saved')].map(box => box.matches('.freed'))"


def ran(page: "Page", address: str, source: str) -> "Page":
    """The page after a program was typed and run, its last backward on the picture."""
    page.goto(address)
    until(page, ENDED)
    page.wait_for_selector("#graph .sheet svg")
    page.evaluate("document.querySelector('#graph .sheet svg').setAttribute('data-before', '')")
    type_over(page, source)
    page.wait_for_selector("#graph .sheet svg:not([data-before])")
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    until(page, ENDED)
    return page


def says(page: "Page", words: str) -> None:
    page.wait_for_function("words => document.querySelector('.replay-says').textContent.startsWith(words)", arg=words)


def test_the_first_example_is_stepped_through_and_reads_1_1_4(page: "Page", served: str) -> None:
    ran(page, served, f"{SQUARE}z.backward()\n")
    says(page, "Done: x.grad = 4")
    page.get_by_label("Step of backward()").fill("0")
    for words in (
        "Step 1 of 3: AddBackward0, gradient in 1, out 1",
        "Step 2 of 3: PowBackward0, gradient in 1, out 4",
        "Step 3 of 3: AccumulateGrad, gradient in 4, x.grad = 4",
    ):
        page.get_by_role("button", name="One step on").click()
        says(page, words)
    assert page.evaluate(EDGES) == ["1", "1", "4"]
    page.locator("#graph .node.root").focus()
    assert page.inner_text("#inspector .flow dd >> nth=0") == "1"


def test_retain_graph_keeps_what_was_saved_and_its_absence_does_not(page: "Page", served: str) -> None:
    ran(page, served, f"{SQUARE}z.backward(retain_graph=True)\nz.backward()\n")
    says(page, "Done: x.grad = 4 + 4 = 8")
    assert page.evaluate(FREED) == [True]
    page.get_by_label("Which backward").select_option("1")
    says(page, "Done: x.grad = 4")
    assert page.evaluate(FREED) == [False]


def test_a_node_shows_its_arithmetic_and_a_leaf_is_checked(page: "Page", served: str) -> None:
    ran(page, served, f"{SQUARE}z.backward()\n")
    page.locator('#graph .node.function[data-variable="y"]').click()
    page.wait_for_selector("#inspector .arithmetic")
    assert page.inner_text("#inspector .arithmetic .formula").endswith("= 4")
    page.keyboard.press("Escape")
    page.locator("#graph .node.leaf").click()
    page.get_by_role("button", name="Check with finite differences").click()
    page.wait_for_selector("#inspector .check")
    assert page.inner_text("#inspector .verdict").startswith("✓ Agrees")


def test_a_backward_of_a_loop_is_recorded_by_running_again(page: "Page", served: str) -> None:
    ran(page, served, LOOP)
    page.get_by_label("Which backward").select_option("other")
    page.get_by_label("Backward number").fill("21")
    page.get_by_role("button", name="Record it").click()
    says(page, "Done: x.grad = [800, 800]")
    assert "same seed" in page.inner_text("#replay [data-part=caveat]")
