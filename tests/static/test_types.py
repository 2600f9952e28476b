"""The page's JavaScript agrees with the events and with itself."""

import pytest

from app.events.typescript import declarations

from .conftest import unavailable
from .toolbox import NODE_MODULES, STATIC, node


def test_the_declarations_are_those_of_the_events() -> None:
    assert (STATIC / "js" / "events.d.ts").read_text("utf-8") == declarations(), (
        "static/js/events.d.ts is stale: make types"
    )


@pytest.mark.browser
def test_the_type_checker_finds_nothing() -> None:
    if not (NODE_MODULES / "typescript").is_dir():
        unavailable("the page's tools are not installed: npm ci in static/")
    try:
        checked = node("node_modules/typescript/bin/tsc", "-p", "jsconfig.json")
    except ImportError:
        unavailable("Node is not installed: pip install -e .[browser]")
    else:
        assert (checked.stdout, checked.returncode) == ("", 0)
