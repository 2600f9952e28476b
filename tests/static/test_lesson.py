"""A lesson done from start to end in each language: its programs tried, its questions predicted and then run."""

from typing import TYPE_CHECKING

import pytest

from .conftest import NARROW, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WORDS = {
    "en": ("Lessons", ".grad and None", "You predicted 1; the run says None.", "Right: the run says 7."),
    "zh": ("课程", ".grad 与 None", "你预测 1；运行的结果是 None。", "正确：运行的结果是 7。"),
}


def answered(page: "Page", place: int) -> str:
    until(page, f"document.querySelectorAll('.answer')[{place}]?.dataset.state !== ''")
    until(page, f"['right', 'wrong'].includes(document.querySelectorAll('.answer')[{place}]?.dataset.state)")
    return page.locator(".answer").nth(place).inner_text()


@pytest.mark.parametrize("language", WORDS)
def test_a_lesson_is_done_from_start_to_end(page: "Page", served: str, language: str) -> None:
    heading, title, wrong, right = WORDS[language]
    page.goto(f"{served}/lessons?language={language}")
    assert page.inner_text("h1") == heading
    page.get_by_role("link", name=title).click()
    until(page, "document.querySelector('#status')?.dataset.state === 'good'")

    page.locator("[data-part=try]").nth(1).click()
    until(page, "document.querySelector('#console .stdout')?.textContent.includes('2 tensor(6.)')")

    first, second = page.locator("form.question").all()
    first.get_by_label("1", exact=True).check()
    first.get_by_role("button").click()
    assert answered(page, 0) == wrong
    assert first.locator("[data-part=because]").is_visible()
    second.get_by_role("textbox").fill("7.0")
    second.get_by_role("textbox").press("Enter")
    assert answered(page, 1) == right
    assert page.locator("#graph .node").count() >= 3
    assert page.locator("#lesson [data-part=done]").is_visible()

    page.goto(f"{served}/lessons?language={language}")
    assert page.locator("[data-lesson=grad-and-none] [data-part=done]").is_visible()
    assert not page.locator("[data-lesson=leaves] [data-part=done]").is_visible()


def test_nothing_is_run_before_something_was_predicted(page: "Page", served: str) -> None:
    page.goto(f"{served}/lessons/leaves")
    until(page, "document.querySelector('#status')?.dataset.state === 'good'")
    page.locator("form.question button").first.click()
    assert page.locator(".answer").first.inner_text() == "Predict something first; the run tells whether it holds."
    assert page.locator(".answer").first.get_attribute("data-state") == ""


def test_a_lesson_keeps_its_address_and_leaves_the_draft_alone(page: "Page", served: str) -> None:
    page.goto(served)
    page.evaluate("localStorage.setItem('source', 'mine = 1')")
    page.goto(f"{served}/lessons/leaves")
    until(page, "document.querySelector('#status')?.dataset.state === 'good'")
    page.get_by_role("button", name="Run", exact=True).click()
    until(page, "document.querySelector('#status')?.textContent === 'Done'")
    assert page.url == f"{served}/lessons/leaves"
    assert page.evaluate("localStorage.getItem('source')") == "mine = 1"


def test_the_language_is_chosen_on_the_page_and_stays(page: "Page", served: str) -> None:
    page.goto(f"{served}/lessons")
    with page.expect_navigation():
        page.get_by_label("Language").select_option("zh")
    assert page.inner_text("h1") == "课程"
    page.goto(served)
    assert page.locator("html").get_attribute("lang") == "zh"
    assert page.inner_text("#graph-title") == "计算图"


def test_on_a_narrow_screen_a_lesson_stands_above_the_editor(page: "Page", served: str) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a size as playwright takes it
    page.goto(f"{served}/lessons/leaves")
    tops = [page.locator(part).bounding_box() for part in ("#lesson", "#editor", "#graph")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("prediction", "answer", "agree"),
    [
        ("4", 4.0, True),
        (" tensor(4.) ", 4.0, True),
        ("[2, 4]", [2.0, 4.0], True),
        ("2,4", [2.0, 4.0], True),
        ("none", None, True),
        ("true", True, True),
        ("runtimeerror", "RuntimeError", True),
        ("0", None, False),
        ("4.1", 4.0, False),
        ("4, 4", 4.0, False),
        ("1", True, False),
        ("", 0.0, False),
    ],
)
def test_a_prediction_is_compared_as_a_person_would(
    page: "Page", played: str, prediction: str, answer: object, agree: bool
) -> None:
    page.goto(f"{played}/lessons")
    compare = "async ([mine, real]) => (await import('/static/js/prediction.js')).agrees(mine, real)"
    assert page.evaluate(compare, [prediction, answer]) is agree
