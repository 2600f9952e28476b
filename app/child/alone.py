"""One program in a process of its own, without walls: `--unsafe-no-sandbox`, or a person's own script. On any system.

Reads the request from standard input, and writes frames to what was standard output: a letter (w: warm, o: printed,
e: written to standard error, r: a line of results), a length, and that many bytes. What native code prints goes to
standard error. Knows nothing of the server.
"""

import contextlib
import io
import os
import struct
import sys
from collections.abc import Callable
from typing import NoReturn

from ..events import decode_request
from .depth import allow_deep
from .execute import execute
from .script import asked_for

HEADER = struct.Struct(">cI")
"""The server's side reads the same: runs/unwalled.py."""


class _Frames(io.RawIOBase):
    """A raw stream whose bytes travel as frames of one kind; `heard` is told what was written."""

    heard: Callable[[bytes], None] | None = None

    def __init__(self, descriptor: int, kind: bytes) -> None:
        self._descriptor = descriptor
        self._kind = kind

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        body = bytes(memoryview(data))  # type: ignore[arg-type]  # io passes any buffer
        rest = memoryview(HEADER.pack(self._kind, len(body)) + body)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        if self.heard is not None:
            self.heard(body)
        return len(body)


def main() -> NoReturn:
    """Says that it is warm, waits for the request, executes it, and ends at once."""
    allow_deep()
    script = asked_for(sys.argv[1:])
    frames = os.dup(1)
    os.dup2(2, 1)
    out, err = (_text(_Frames(frames, kind)) for kind in (b"o", b"e"))
    results = _Frames(frames, b"r")
    _Frames(frames, b"w").write(b"")
    request = decode_request(sys.stdin.buffer.read())
    sys.stdout = sys.__stdout__ = out  # type: ignore[misc]  # typeshed calls it final; it isn't
    sys.stderr = sys.__stderr__ = err  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO())  # type: ignore[misc]

    def send(line: bytes) -> None:
        for stream in (out, err):
            with contextlib.suppress(BaseException):
                stream.flush()
        results.write(line + b"\n")

    try:
        execute(request, send, script)
    finally:
        os._exit(0)


def _text(raw: io.RawIOBase) -> io.TextIOWrapper:
    buffer = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", line_buffering=True)


if __name__ == "__main__":
    main()
