"""The knobs: found in the source, changed in it, and taken through several values."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import NARROW, code, opened, type_over, until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

SOURCE = """import torch
N, D_in, H, D_out = 64, 1_000, 100, 10
learning_rate = 1e-6
(low, high) = (-1.5, +2)
momentum: float = .9
first = second = 0x10
name, size = "net", 3
scale = 2 * 3
model.rate = 5
N = 32
for epoch in range(3):
    inner = 1
after = 7
"""
FOUND = [
    ["N", "32"], ["D_in", "1_000"], ["H", "100"], ["D_out", "10"], ["learning_rate", "1e-6"], ["low", "-1.5"],
    ["high", "+2"], ["momentum", ".9"], ["first", "0x10"], ["second", "0x10"], ["size", "3"],
]  # fmt: skip
FIELDS = "labels => labels.map(label => [label.innerText, label.querySelector('input').value])"


def with_source(page: "Page", address: str, source: str) -> "Page":
    """The workbench with this source and Live off, so that nothing runs by itself."""
    opened(page, address)
    page.get_by_role("switch", name="Live").click()
    type_over(page, source)
    return page


def test_top_level_numbers_before_the_first_loop_are_fields(page: "Page", played: str) -> None:
    with_source(page, played, SOURCE)
    assert page.locator("#knobs .knob").evaluate_all(FIELDS) == FOUND
    type_over(page, "for step in range(3):\n    rate = 1\n")
    assert page.is_hidden("#knobs")


def test_where_counting_begins_is_no_knob(page: "Page", played: str) -> None:
    with_source(page, played, "step = 0\nwarmup = 0\nfor epoch in range(3):\n    step += 1\n")
    assert page.locator("#knobs .knob").evaluate_all(FIELDS) == [["warmup", "0"]]


def test_many_knobs_are_all_in_sight(page: "Page", played: str) -> None:
    names = ["N", "D_in", "H", "D_out", "learning_rate", "epochs"]
    with_source(page, played, "".join(f"{name} = 1000\n" for name in names))
    fields = page.locator("#knobs [data-part=fields]")
    assert fields.evaluate("fields => [fields.scrollWidth - fields.clientWidth, fields.children.length]") == [0, 6]


def test_changing_a_field_edits_that_literal_alone_and_can_be_undone(page: "Page", played: str) -> None:
    with_source(page, played, SOURCE)
    page.get_by_label("learning_rate").fill("3e-5")
    page.keyboard.press("Tab")
    assert code(page) == SOURCE.replace("1e-6", "3e-5")
    assert page.locator("#knobs").get_by_role("button", name="Run", exact=True).is_visible()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+z")
    assert code(page) == SOURCE
    assert page.get_by_label("learning_rate").input_value() == "1e-6"


def test_what_is_no_number_is_told_and_nothing_is_lost(page: "Page", played: str) -> None:
    with_source(page, played, SOURCE)
    page.get_by_label("D_in").fill("many")
    page.keyboard.press("Tab")
    said = "D_in: “many” is no number, so the code still says 1_000. Write one such as 1e-3."
    assert page.inner_text("#knobs [data-part=problem]") == said
    assert code(page) == SOURCE
    assert page.get_by_label("D_in").input_value() == "many"
    page.get_by_label("D_in").press("Escape")
    assert page.get_by_label("D_in").input_value() == "1_000"


def test_enter_in_a_field_runs_the_program_as_it_is_now(page: "Page", played: str) -> None:
    with_source(page, played, "rate = 1\nprint(rate)\n")
    page.get_by_label("rate", exact=True).fill("2")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.keyboard.press("Enter")
    sent = json.loads(asked.value.post_data or "")
    assert (sent["source"], sent["preset"]) == ("rate = 2\nprint(rate)\n", "training")


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        ("1e-6, 3e-6", "2 runs: 1e-6, 3e-6"),
        ("1e-6..1e-4 x5", "5 runs: 1e-6, 3.16e-6, 1e-5, 3.16e-5, 1e-4"),
        ("0.1 .. 0.5 x3", "3 runs: 0.1, 0.3, 0.5"),
        ("0.1:0.4:0.1", "4 runs: 0.1, 0.2, 0.3, 0.4"),
        ("1e-6 oops", "“oops” is no number. Write values such as 1e-6, 3e-6"),
        ("5", "That is one value; a sweep compares at least two."),
        ("1:100:1", "That makes 100 runs; at most 20 start at once."),
        ("1:2:-1", "A step of -1 never leads from 1 to 2."),
        ("1..2 x99", "A range is cut into 2 to 20 values, not 99"),
    ],
)
def test_a_sweep_tells_its_values_before_it_starts(page: "Page", played: str, text: str, preview: str) -> None:
    with_source(page, played, "rate = 1e-6\n")
    page.get_by_role("button", name="Sweep…").click()
    page.get_by_label("Its values").fill(text)
    assert page.inner_text("#sweep-preview").startswith(preview)


def test_whole_numbers_stay_whole(page: "Page", played: str) -> None:
    with_source(page, played, "hidden = 64\n")
    page.get_by_role("button", name="Sweep…").click()
    page.get_by_label("Its values").fill("8..128 x4")
    assert page.inner_text("#sweep-preview") == "4 runs: 8, 20, 51, 128"


def test_a_sweep_waits_where_the_server_is_full_and_opens_the_whole_group(
    page: "Page", played: str, complaints: list[str]
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(route: "Route") -> None:
        if route.request.method != "POST":
            route.fulfill(json=[])
            return
        asked.append(json.loads(route.request.post_data or ""))
        if len(asked) == 2:
            route.fulfill(status=429, headers={"retry-after": "1"}, json={"title": "Too many runs at once."})
        else:
            route.fulfill(status=201, json={"id": f"r{len(asked)}"})

    with_source(page, played, "N, rate = 3, 1e-6\nprint(rate)\n")
    page.route("**/api/runs**", answer)
    page.get_by_role("button", name="Sweep…").click()
    page.get_by_label("Knob to sweep").select_option("rate")
    page.get_by_label("Its values").fill("1e-6, 3e-6, 1e-5")
    page.keyboard.press("Enter")
    until(
        page,
        "document.querySelector('#sweep-preview').textContent.startsWith('1 of 3 started; the server has no room')",
    )
    page.wait_for_url("**/runs?group=*")
    assert [body["title"] for body in asked] == [
        f"print(rate) · rate = {rate}" for rate in ("1e-6", "3e-6", "3e-6", "1e-5")
    ]
    assert asked[3]["source"] == "N, rate = 3, 1e-5\nprint(rate)\n"
    assert [text for text in complaints if "status of 429" not in text] == []
    complaints.clear()
    assert {body["group"] for body in asked} == {parse_qs(urlsplit(page.url).query)["group"][0]}


def test_the_fields_fit_a_narrow_screen(page: "Page", played: str) -> None:
    with_source(page, played, SOURCE)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # playwright's own TypedDict
    page.get_by_role("button", name="Sweep…").click()
    until(page, "document.querySelector('#sweep input').offsetWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
