"""The program's stack as it would be without us: as deep as it may be anywhere, and shown from its first frame on."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from .instrument import FILENAME

OURS = str(Path(__file__).resolve().parents[1])
MARKS = 2
"""Frames that a mark may stand on top of the program's own."""


@contextmanager
def alone_on_the_stack() -> Iterator[None]:
    """Gives the program the whole recursion limit, and keeps our frames out of stacks that are written out."""
    limit, walk_stack = sys.getrecursionlimit(), traceback.walk_stack
    module: Any = traceback

    def learners_part(frame: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        for each, line in walk_stack(frame if frame is not None else sys._getframe(1)):
            code = each.f_code
            if not code.co_filename.startswith(OURS):
                yield each, line
            if code.co_filename == FILENAME and code.co_name == "<module>":
                return

    module.walk_stack = learners_part
    sys.setrecursionlimit(limit + _depth() + MARKS)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        module.walk_stack = walk_stack


def _depth() -> int:
    frame: FrameType | None = sys._getframe()
    depth = 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth
