"""What a child writes through: standard output and error as text, and the result channel line by line.

Each result line begins with how many bytes of each text stream were written before it, so that the server can put
prints and events in the order in which they happened. Knows nothing of what the lines say.
"""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

RESULTS = 3
SPEECHLESS = 124
"""Exit status of a child whose result pipe is gone."""
HELD = (signal.SIGTERM, signal.SIGXCPU)
"""Signals whose handlers raise: held back while a line is written, or half of it would be."""

_write, _exit = os.write, os._exit
_hold = signal.pthread_sigmask
"""All kept from before the learner's program could replace them."""


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What the server sent for one run: the request to read, then the pipes to write to."""

    request: int
    stdout: int
    stderr: int
    results: int


class CountedText(io.TextIOWrapper):
    """A line-buffered text stream on a descriptor, which knows how many bytes went out."""

    def __init__(self, descriptor: int) -> None:
        self.raw_stream = _Counted(descriptor, "w", closefd=False)
        buffer = io.BufferedWriter(self.raw_stream)
        super().__init__(buffer, encoding="utf-8", errors="backslashreplace", line_buffering=True)

    @property
    def mode(self) -> str:
        """As Python's own standard streams answer."""
        return "w"


class _Counted(io.FileIO):
    written = 0
    heard: Callable[[bytes], None] | None = None
    """Told what was written."""

    def write(self, data: Any) -> int:
        size = super().write(data)
        self.written += size or 0
        if self.heard is not None:
            self.heard(bytes(memoryview(data)[: size or 0]))
        return size


def text_streams() -> tuple[CountedText, CountedText]:
    """Fresh sys.stdin, sys.stdout and sys.stderr on this process's descriptors; the last two are returned.

    Both are line-buffered, so that a print is seen while the run goes on.
    """
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = out = CountedText(1)  # type: ignore[misc]  # typeshed calls them final; they aren't
    sys.stderr = sys.__stderr__ = err = CountedText(2)  # type: ignore[misc]
    return out, err


def reporter(out: CountedText, err: CountedText) -> Callable[[bytes], None]:
    """A function that writes one line to the result channel, after all that was printed before it."""

    def send(line: bytes) -> None:
        before = _hold(signal.SIG_BLOCK, HELD)
        try:
            for stream in (out, err):
                with contextlib.suppress(Exception):
                    stream.flush()
            rest = memoryview(b"%d %d %b\n" % (out.raw_stream.written, err.raw_stream.written, line))
            while rest:
                rest = rest[_write(RESULTS, rest) :]
        except OSError:
            _exit(SPEECHLESS)
        finally:
            _hold(signal.SIG_SETMASK, before)

    return send


@contextlib.contextmanager
def heard(listener: Callable[[bytes], None]) -> Iterator[None]:
    """Lets what goes to standard output be heard, where that is one of our own streams."""
    raw: Any = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    listens = hasattr(raw, "heard")
    if listens:
        raw.heard = listener
    yield
    if listens:
        raw.heard = None
