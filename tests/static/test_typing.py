"""A person at work in the real page: a program that prints without end, another in its place, a reload."""

from typing import TYPE_CHECKING

import pytest

from .conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DONE = "['good', 'bad'].includes(document.querySelector('#status').dataset.state)"


def typed(page: "Page", source: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def test_a_new_program_takes_the_place_of_one_that_prints_without_end(page: "Page", served: str) -> None:
    page.goto(served)
    until(page, DONE)
    page.get_by_role("switch", name="Live").click()
    typed(page, "while True: print('spam')\n")
    until(page, "document.querySelector('#console .output').textContent.includes('spam')")
    typed(page, "print('fresh')\n")
    until(page, "document.querySelector('#console .output').textContent === 'fresh\\n'")
    until(page, DONE)


def test_what_was_typed_is_there_after_a_reload(page: "Page", served: str) -> None:
    page.goto(served)
    until(page, DONE)
    typed(page, "print('kept')\n")
    until(page, "document.querySelector('#console .output').textContent === 'kept\\n'")
    page.reload()
    until(page, "document.querySelector('.cm-content').innerText.includes('kept')")
