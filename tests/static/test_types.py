"""The page's JavaScript agrees with the events and with itself."""

import pytest

from app.events.typescript import declarations

from .toolbox import STATIC, installed, node


def test_the_declarations_are_those_of_the_events() -> None:
    stale = "static/js/events.d.ts is stale: make types"
    assert (STATIC / "js" / "events.d.ts").read_text("utf-8") == declarations(), stale


@pytest.mark.browser
def test_the_type_checker_finds_nothing() -> None:
    checked = node(str(installed("typescript") / "bin" / "tsc"), "-p", "jsconfig.json")
    assert (checked.stdout, checked.returncode) == ("", 0)


@pytest.mark.browser
def test_the_scripts_are_formatted() -> None:
    checked = node(str(installed("prettier") / "bin" / "prettier.cjs"), "--check", "js", "bundle.mjs")
    assert checked.returncode == 0, f"{checked.stderr}To mend: npx prettier --write js bundle.mjs, in static/"
