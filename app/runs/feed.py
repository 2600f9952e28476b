"""One run's three pipes, read without ever waiting: bytes a stranger wrote in, checked and capped lines out.

Text is coalesced for 50 ms or 64 KiB; what was printed before an event stands before it. Knows nothing of processes.
"""

import asyncio
import codecs
import fcntl
import os
import struct
import termios
from collections import deque
from collections.abc import Callable

from ..events import MAX_LINE_BYTES, ChildEvent, Ended, Limits, Stderr, Stdout, WireError, decode, encode
from .runner import Line

COALESCE_S = 0.05
PIECE_BYTES = 64 * 1024
RESULT_BYTES_PER_STDOUT_BYTE = 16
LEAST_RESULT_BYTES = 64 * 1024 * 1024
ENDED_START = b'{"type":"ended"'


class _Text:
    """One text pipe: bytes gathered until they are worth an event."""

    def __init__(self, reading: int, event: type[Stdout] | type[Stderr]) -> None:
        self.reading = reading
        self.event = event
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.gathered = bytearray()

    def take(self, final: bool) -> Line | None:
        """What was gathered, as an event; `final` also gives up on a half-read character."""
        text = self.decoder.decode(bytes(self.gathered), final)
        self.gathered.clear()
        return (self.event.type, encode(self.event(text=text))) if text else None


class Feed:
    """What comes out of one child. `changed` is called whenever there is something new to look at.

    `lines` holds what is ready; `ended` the child's last word; `broken` why its results can't be read; `flooded` that it
    printed past its limit; `silent` that its result pipe is closed.
    """

    def __init__(self, limits: Limits, changed: Callable[[], None]) -> None:
        self.lines: deque[Line] = deque()
        self.ended: Ended | None = None
        self.broken: str | None = None
        self.flooded = False
        self.silent = False
        self.emitted = 0
        self.dropped = 0
        self._limits = limits
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._text_left = limits.stdout_bytes
        self._results_left = max(LEAST_RESULT_BYTES, RESULT_BYTES_PER_STDOUT_BYTE * limits.stdout_bytes)
        self._timer: asyncio.TimerHandle | None = None
        self._partial = bytearray()
        pipes = [os.pipe() for _ in range(3)]
        self.writing = [writing for _, writing in pipes]
        self._reading = {reading for reading, _ in pipes}
        self._results = pipes[2][0]
        self._texts = [_Text(pipes[0][0], Stdout), _Text(pipes[1][0], Stderr)]
        for text in self._texts:
            self._loop.add_reader(text.reading, self._read_text, text)
        self._loop.add_reader(self._results, self._read_results)

    @property
    def over(self) -> bool:
        """Whether nothing that may still come would count."""
        return self.ended is not None or self.broken is not None or self.flooded

    def close_writing(self) -> None:
        """Closes this process's copies of the child's ends."""
        while self.writing:
            os.close(self.writing.pop())

    def drain(self) -> None:
        """Reads all that is in the pipes now: for when the child is dead, so that nothing is added."""
        while not self.over and self._results in self._reading and _waiting(self._results):
            self._read_results()
        self._drain_texts()
        self._flush(final=True)

    def close(self) -> None:
        """Closes the pipes; what was not read is lost."""
        self.close_writing()
        for reading in list(self._reading):
            self._shut(reading)
        if self._timer is not None:
            self._timer.cancel()

    def _shut(self, reading: int) -> None:
        self._loop.remove_reader(reading)
        self._reading.discard(reading)
        os.close(reading)

    def _read_text(self, text: _Text, most: int = PIECE_BYTES) -> None:
        data = os.read(text.reading, most)
        if not data:
            return self._shut(text.reading)
        text.gathered += data[: self._text_left]
        self._text_left -= len(data)
        if self._text_left < 0:
            self._text_left = 0
            self.flooded = True
        if self.flooded or len(text.gathered) >= PIECE_BYTES:
            self._flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(COALESCE_S, self._flush)
        return None

    def _drain_texts(self) -> None:
        """Reads what was printed up to now, and not what a flood adds meanwhile."""
        for text in self._texts:
            waiting = _waiting(text.reading) if text.reading in self._reading else 0
            while waiting > 0 and not self.flooded:
                self._read_text(text, min(waiting, PIECE_BYTES))
                waiting -= PIECE_BYTES

    def _flush(self, final: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for text in self._texts:
            line = text.take(final)
            if line is not None:
                self._emit(*line)
        self._changed()

    def _read_results(self) -> None:
        data = os.read(self._results, PIECE_BYTES)
        if not data:
            self.silent = True
            self._shut(self._results)
            return self._changed()
        self._partial += data
        *lines, rest = self._partial.split(b"\n") if b"\n" in data else (self._partial,)
        self._partial = rest
        for line in lines:
            if not self.over:
                self._take(bytes(line))
        if len(rest) > MAX_LINE_BYTES:
            self.broken = f"a line is longer than {MAX_LINE_BYTES} bytes"
        return self._changed()

    def _take(self, line: bytes) -> None:
        """One line of the child's: what was printed before it first, then itself, if it is what it must be."""
        self._drain_texts()
        if self.flooded:
            return
        self._results_left -= len(line)
        if (self._full or self._results_left < 0) and not line.startswith(ENDED_START):
            self.dropped += 1
            return
        try:
            event = decode(line, ChildEvent)
        except WireError as error:
            self.broken = str(error)
            return
        if b"\r" in line:
            self.broken = "a line holds a carriage return"
        elif isinstance(event, Ended):
            self._flush(final=True)
            self.ended = event
        else:
            self._flush()
            self._emit(event.type, line)

    @property
    def _full(self) -> bool:
        return self.emitted >= self._limits.events

    def _emit(self, kind: str, line: bytes) -> None:
        if self._full:
            self.dropped += 1
            return
        self.emitted += 1
        self.lines.append((kind, line))


def _waiting(reading: int) -> int:
    """Bytes that can be read from a pipe now."""
    return int(struct.unpack("i", fcntl.ioctl(reading, termios.FIONREAD, b"\0" * 4))[0])
