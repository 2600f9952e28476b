"""Landlock, used for real in a process of its own."""

import os
from pathlib import Path

import pytest

from app.child.landlock import abi

from .alone_in_python import in_a_fresh_python

RESTRICTED = """
    import ctypes, os, sys
    from app.child.landlock import abi, restrict_self, ruleset
    ctypes.CDLL(None).prctl(38, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    restrict_self(ruleset([sys.argv[1], sys.argv[1] + "/missing"], abi()), abi())
    def attempt(act):
        try:
            act()
            print("done")
        except OSError as error:
            print(type(error).__name__, error.errno)
    for path in (sys.argv[1] + "/inside", sys.argv[2]):
        attempt(lambda: open(path).close())
    attempt(lambda: os.listdir("/"))
    attempt(lambda: open(sys.argv[1] + "/new", "w"))
    attempt(lambda: os.unlink(sys.argv[1] + "/inside"))
"""


def test_the_kernel_says_which_version_it_has() -> None:
    assert abi() >= 0


@pytest.mark.skipif(abi() == 0, reason="this kernel has no Landlock")
def test_only_what_was_granted_can_be_read_and_nothing_written(tmp_path: Path) -> None:
    granted, outside = tmp_path / "granted", tmp_path / "outside"
    granted.mkdir()
    for path in (granted / "inside", outside):
        path.write_text("x")
    answers = in_a_fresh_python(RESTRICTED, os.fspath(granted), os.fspath(outside))
    assert answers == ["done", *["PermissionError 13"] * 4]
