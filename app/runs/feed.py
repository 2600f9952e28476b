"""One run's three pipes, read without ever waiting and without threads.

What was printed before an event is read before it. Knows nothing of processes, nor of what the bytes mean.
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

from ..events import Limits, Stderr, Stdout
from .intake import PIECE_BYTES, Intake, TextEvent


class Feed:
    """The pipes of one child: `writing` are its ends, in the order stdout, stderr, results.

    `intake` is what became of what was read; `silent` says that the result pipe is closed.
    """

    def __init__(self, limits: Limits, changed: Callable[[], None]) -> None:
        self.intake = Intake(limits, changed, self._drain_texts)
        self.silent = False
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        pipes = [os.pipe() for _ in range(3)]
        for reading, _ in pipes:
            os.set_blocking(reading, False)  # the child's ends still wait: the flag belongs to this end alone
        self.writing = [writing for _, writing in pipes]
        self._texts: dict[int, TextEvent] = {pipes[0][0]: Stdout, pipes[1][0]: Stderr}
        self._results: int | None = pipes[2][0]
        for reading in self._texts:
            self._loop.add_reader(reading, self._text_is_ready, reading)
        self._loop.add_reader(self._results, self._read_results)

    def close_writing(self) -> None:
        """Closes this process's copies of the child's ends."""
        while self.writing:
            os.close(self.writing.pop())

    def drain(self) -> None:
        """Reads all that is in the pipes now; the child must be dead, or this may have no end."""
        while not self.intake.over and self._results is not None and _waiting(self._results):
            self._read_results()
        self._drain_texts()
        self.intake.flush(final=True)

    def close(self) -> None:
        """Closes the pipes; what was not read is lost."""
        self.close_writing()
        self.intake.close()
        for reading in [*self._texts, self._results]:
            if reading is not None:
                self._shut(reading)

    def _shut(self, reading: int) -> None:
        self._loop.remove_reader(reading)
        os.close(reading)
        if reading == self._results:
            self._results = None
        self._texts.pop(reading, None)

    def _text_is_ready(self, reading: int) -> None:
        """Results first: a line that already waits may belong before text that already waits."""
        if self._results is not None and _waiting(self._results):
            self._read_results()
        if reading in self._texts and not self.intake.over:
            self._read_text(reading)

    def _read_text(self, reading: int, most: int = PIECE_BYTES) -> None:
        data = _read(reading, most)
        if data is None:
            return
        if data:
            self.intake.add_text(self._texts[reading], data)
        else:
            self._shut(reading)

    def _drain_texts(self) -> None:
        """Reads what was printed up to now, and not what a flood adds meanwhile."""
        for reading in list(self._texts):
            waiting = _waiting(reading)
            while waiting > 0 and not self.intake.over:
                self._read_text(reading, min(waiting, PIECE_BYTES))
                waiting -= PIECE_BYTES

    def _read_results(self) -> None:
        if self._results is None:
            return
        data = _read(self._results, PIECE_BYTES)
        if data is None:
            return
        if data:
            self.intake.add_results(data)
            return
        self.silent = True
        self._shut(self._results)
        self._changed()


def _read(reading: int, most: int) -> bytes | None:
    """What a pipe holds, b"" at its end, or None where it was announced and there is nothing after all."""
    try:
        return os.read(reading, most)
    except BlockingIOError:
        return None


def _waiting(reading: int) -> int:
    """Bytes that can be read from a pipe now."""
    return int(struct.unpack("i", fcntl.ioctl(reading, termios.FIONREAD, b"\0" * 4))[0])
