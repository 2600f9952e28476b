"""Lines on their way out of the child: most at once, those that come with every training step a few at a time."""

import time
from collections.abc import Callable

HELD_S = 0.05
MAX_HELD = 500


class Outbox:
    """Passes encoded events on, in their order. `write` takes one or more lines, without the last line break."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._held: list[bytes] = []
        self._held_since = 0.0
        self.muted = False
        """Whether what is sent now is dropped: all but one backward of a run that is done again."""

    def send(self, line: bytes) -> None:
        """Sends a line now, after those that are held."""
        if not self.muted:
            self._held.append(line)
        self.flush()

    def hold(self, line: bytes) -> None:
        """Sends a line within 50 ms of the program's next sign of life, so that a fast loop is not slowed by it."""
        if self.muted:
            return
        if not self._held:
            self._held_since = time.monotonic()
        self._held.append(line)
        if len(self._held) >= MAX_HELD or time.monotonic() - self._held_since >= HELD_S:
            self.flush()

    def flush(self) -> None:
        """Sends what is held."""
        lines, self._held = self._held, []
        if lines:
            self._write(b"\n".join(lines))
