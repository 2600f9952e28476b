"""A page of Chromium, for what is measured in a browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


@contextmanager
def new_page() -> "Iterator[Page | None]":
    """A blank page of a browser of its own; None where there is no browser, or nothing to steer it by."""
    program = os.environ.get("GRADWALK_CHROMIUM", shutil.which("chromium"))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()
