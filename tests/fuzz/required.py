"""The tools of the `fuzz` extra: where one is missing a test is skipped, or fails where they are required."""

import importlib
import os
from types import ModuleType

import pytest


def required(package: str) -> ModuleType:
    """The package, imported."""
    try:
        return importlib.import_module(package)
    except ImportError:
        why = f"{package} is not installed: pip install -c constraints.txt -e .[test,fuzz]"
        if os.environ.get("GRADWALK_REQUIRE_FUZZ") == "1":
            pytest.fail(f"GRADWALK_REQUIRE_FUZZ is 1, but {why}")
        pytest.skip(why)
