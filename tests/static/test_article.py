"""The programs that started this project, typed into the real page and run behind the real walls."""

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

POW = "import torch\nx = torch.tensor(2., requires_grad=True)\ny = x**2\nz = y + 3\nz.backward()\nprint(y.grad)\n"
MEAN = "import torch\nx = torch.ones(2, 2, requires_grad=True)\ny = x + 2\nz = y * y * 3\nout = z.mean()\nprint(z.grad_fn)\n"
FLAG = "import torch\nx = torch.tensor(1., requires_grad=True)\ny = x * 2\ny.requires_grad_(False)\n"


def run(page: "Page", address: str, source: str) -> list[list[str]]:
    """The table of tensors, without its explanations, after the source was run with Ctrl+Enter."""
    page.goto(address)
    until(page, "['good', 'bad'].includes(document.querySelector('#status').dataset.state)")
    page.get_by_role("switch", name="Live").click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")
    until(page, "['good', 'bad'].includes(document.querySelector('#status').dataset.state)")
    cells = "rows => rows.map(row => [...row.cells].slice(0, 7).map(cell => cell.innerText.trim()))"
    return page.locator("#tensors [data-part=rows] tr").evaluate_all(cells)  # type: ignore[no-any-return]  # JSON


LABELS = (
    "JSON.stringify([...document.querySelectorAll('#graph .node:not(.saved)')]"
    ".toSorted((a, b) => a.dataset.node - b.dataset.node).map(node => node.getAttribute('aria-label').split(',')[0]))"
)


def shows(page: "Page", *nodes: str) -> None:
    """Waits until the graph's boxes say this to a screen reader, in the order of the walk."""
    until(page, f"{LABELS} === {json.dumps(nodes, separators=(',', ':'))!r}")


def test_the_gradient_of_a_middle_result_is_none(page: "Page", served: str) -> None:
    table = run(page, served, POW)
    assert (page.text_content("#console .stdout") or "").splitlines()[0] == "None"
    shows(page, "AddBackward0", "PowBackward0", "AccumulateGrad")
    assert table == [
        ["x", "leaf", "True", "None", "() float32", "2.", "4."],
        ["y", "not a leaf", "True", "PowBackward0", "() float32", "4.", "None"],
        ["z", "not a leaf", "True", "AddBackward0", "() float32", "7.", "None"],
    ]


def test_a_grad_fn_prints_as_torch_prints_it(page: "Page", served: str) -> None:
    table = run(page, served, MEAN)
    assert (page.text_content("#console .stdout") or "").startswith("<MulBackward0 object at 0x")
    shows(page, "MeanBackward0", "MulBackward0", "MulBackward0", "AddBackward0", "AccumulateGrad")
    assert [row[:4] for row in table] == [
        ["x", "leaf", "True", "None"],
        ["y", "not a leaf", "True", "AddBackward0"],
        ["z", "not a leaf", "True", "MulBackward0"],
        ["out", "not a leaf", "True", "MeanBackward0"],
    ]


def test_a_non_leafs_flag_can_not_be_set_and_torch_says_so_at_the_line(page: "Page", served: str) -> None:
    table = run(page, served, FLAG)
    assert page.inner_text("#console .message").startswith("you can only change requires_grad flags of leaf variables.")
    assert page.locator(".cm-lintRange-error").all_inner_texts() == ["y.requires_grad_(False)"]
    assert [row[:4] for row in table] == [["x", "leaf", "True", "None"], ["y", "not a leaf", "True", "MulBackward0"]]


def test_an_endless_loop_stops_when_asked(page: "Page", served: str) -> None:
    page.goto(served)
    until(page, "['good', 'bad'].includes(document.querySelector('#status').dataset.state)")
    page.get_by_role("switch", name="Live").click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("print('on', flush=True)\nwhile True: pass\n")
    page.keyboard.press("Control+Enter")
    until(page, "document.querySelector('#console .output').textContent === 'on\\n'")
    page.get_by_role("button", name="Stop").click()
    until(page, "document.querySelector('#console .ending').dataset.outcome === 'stopped'")
