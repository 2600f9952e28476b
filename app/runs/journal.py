"""A run's lines, numbered from 1: one writer, many readers, each resuming after any number.

In memory; what bounds it are the run's own limits. A reader's pace never holds up the writer. Belongs to one event
loop. Knows nothing of what the lines say.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

BATCH = 1000


class Entry(NamedTuple):
    """One event as it travels; `seq` counts the run's events from 1."""

    seq: int
    type: str
    line: bytes


class Journal:
    """The record of one run."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._closed = False
        self._waiting: set[asyncio.Event] = set()
        self.size = 0
        """Bytes of all lines."""

    @property
    def last(self) -> int:
        """The newest entry's number, 0 where there is none."""
        return len(self._entries)

    @property
    def closed(self) -> bool:
        """Whether no entry will follow."""
        return self._closed

    def append(self, type: str, line: bytes) -> int:
        """Adds an entry and gives its number. Raises: ValueError once the journal is closed."""
        if self._closed:
            raise ValueError("the journal is closed: its run is over")
        self._entries.append(Entry(len(self._entries) + 1, type, line))
        self.size += len(line)
        self._wake()
        return len(self._entries)

    def close(self) -> None:
        """Says that no entry will follow; readers end when they have read the rest."""
        self._closed = True
        self._wake()

    def read(self, after: int = 0, limit: int = BATCH) -> list[Entry]:
        """At most `limit` entries numbered above `after`, those there are now."""
        start = max(0, after)
        return self._entries[start : start + limit]

    async def follow(self, after: int = 0) -> AsyncIterator[list[Entry]]:
        """Batches of entries above `after` as they come, never empty; ends when closed and read to the end."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            while True:
                news.clear()
                batch = self.read(after)
                if batch:
                    after = batch[-1].seq
                    yield batch
                elif self._closed:
                    return
                else:
                    await news.wait()
        finally:
            self._waiting.discard(news)

    def _wake(self) -> None:
        for news in self._waiting:
            news.set()
