"""Memory laid by for the report: a program that used up all there was leaves none to tell what it did.

Held in the zygote, so it is no part of what a program may add, and takes no page until something is written to it.
"""

import mmap

BYTES = 256 * 2**20


class Reserve:
    """Address space that nothing uses until it is given back."""

    def __init__(self) -> None:
        self._held: mmap.mmap | None = None

    def hold(self) -> None:
        """Takes it; once is enough."""
        if self._held is None:
            self._held = mmap.mmap(-1, BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def release(self) -> None:
        """Gives it back: from here on there is room for it in this process's limits."""
        if self._held is not None:
            self._held.close()
            self._held = None


RESERVE = Reserve()
"""This process's."""
