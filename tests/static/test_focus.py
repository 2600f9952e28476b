"""What of a graph is drawn, and its lines coloured by the size of the gradients that went along them."""

from typing import TYPE_CHECKING

import pytest

from .backwards import backward, step, value
from .conftest import Mount, finished, until
from .grouped import ASKED, grouped, has_focus

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LOOKED = "document.querySelector('#graph [data-part=focus-words]').textContent"
NORMS = """[...document.querySelectorAll('#graph path.edge')].map(line =>
    [line.dataset.norm, line.style.getPropertyValue('--far'), Number(line.style.getPropertyValue('--wide')).toFixed(2)])"""


def menu(page: "Page", *names: str) -> None:
    """Chooses from the menu of what to look at."""
    for name in names:
        page.get_by_label("Focus on a part").click()
        page.get_by_role("button", name=name).click()


@pytest.mark.parametrize(
    ("name", "focus", "words"),
    [
        ("Path to the loss", "path:5", "AccumulateGrad: path to the loss"),
        ("What it reaches", "reach:5", "What AccumulateGrad reaches"),
        ("Only what leads to a leaf", "grad", "Only what leads to a leaf"),
    ],
)
def test_a_part_is_asked_for_and_named_until_it_is_left(mount: Mount, name: str, focus: str, words: str) -> None:
    page = grouped(mount)
    page.locator("#graph [data-key=n5]").click()
    menu(page, name)
    until(page, f"{ASKED}.focus === '{focus}'")
    assert page.evaluate(LOOKED) == words
    page.get_by_role("button", name="Show all of the graph again").click()
    until(page, f"{ASKED}.focus === ''")
    assert page.is_hidden("#graph [data-part=focus-chip]")


def test_searching_for_what_lies_outside_the_part_leaves_it(mount: Mount) -> None:
    page = grouped(mount)
    menu(page, "Only what leads to a leaf")
    until(page, f"{ASKED}.focus === 'grad'")
    hit = {"kind": "node", "label": "softmax", "detail": "", "node": 4, "group": "g1", "path": ["g0", "g1"]}
    page.evaluate("hit => { window.answers.search = () => ({ hits: [hit], total: 1 }); }", hit)
    page.get_by_label("Find in the graph").fill("softmax")
    page.get_by_role("option").click()
    has_focus(page, "n4")
    assert page.evaluate(ASKED)["focus"] == ""
    assert page.is_hidden("#graph [data-part=focus-chip]")


def test_of_a_group_the_node_nearest_to_the_loss_is_meant(mount: Mount) -> None:
    page = grouped(mount)
    page.locator("#graph .group").focus()
    menu(page, "What it reaches")
    until(page, f"{ASKED}.focus === 'reach:1'")
    assert page.evaluate(LOOKED) == "What encoder.layer reaches"


def test_without_a_box_chosen_the_two_that_begin_at_one_are_off(mount: Mount) -> None:
    page = grouped(mount)
    page.get_by_label("Focus on a part").click()
    assert page.get_by_role("button", name="Path to the loss").is_disabled()
    assert page.get_by_role("button", name="Only what leads to a leaf").is_enabled()
    assert "Click a box first" in page.inner_text("#graph [data-part=focus-hint]")


def sized(norm: float) -> dict[str, object]:
    """A large gradient of this norm."""
    return value(None, (64, 10), norm=norm, min=-1.0, max=1.0)


def test_lines_are_coloured_by_the_power_of_ten_and_widened_alike(mount: Mount) -> None:
    nothing = sized(0.0) | {"min": 0.0, "max": 0.0}
    broken = sized(1.0) | {"nonfinite": 3}
    pairs = {1e-6: ("small", "100%", "0.60"), 1.0: ("large", "0%", "1.90"), 1e3: ("large", "50%", "2.55")}
    for norm, expected in pairs.items():
        told = backward(step(0, [1.0], [sized(norm)]), step(4, [nothing], [broken]))
        page = grouped(mount, told, finished(), panel="replay")
        page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
        menu(page, "Colour by gradient norm")
        first, last = page.evaluate(NORMS)
        assert (tuple(first), last[0]) == (expected, "broken")
        assert page.is_visible("#graph .norm-legend")


def test_a_line_for_several_edges_shows_the_largest_and_zero_and_nothing_are_told_apart(mount: Mount) -> None:
    page = grouped(mount, backward(step(0, [1.0], [0.0])), finished(), panel="replay")
    page.wait_for_selector("#replay:not([hidden]) .replay-says:not(:empty)")
    page.evaluate("document.querySelector('#graph path.edge').dataset.edges = '0:0 4:0'")
    menu(page, "Colour by gradient norm")
    assert [line[0] for line in page.evaluate(NORMS)] == ["zero", "none"]
    menu(page, "Colour by gradient norm")
    assert page.is_hidden("#graph .norm-legend")
    assert page.locator("#graph svg.norms").count() == 0


def test_without_a_recorded_backward_there_is_nothing_to_colour_by(mount: Mount) -> None:
    page = grouped(mount)
    page.get_by_label("Focus on a part").click()
    assert page.get_by_role("button", name="Colour by gradient norm").is_disabled()
    assert page.inner_text("#graph [data-part=norms-hint]") == "No backward is recorded on this graph."
