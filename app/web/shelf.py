"""Runs that are not on record: what was typed, kept for ten minutes so that its pictures work; and recordings.

In memory, within a budget of bytes. Knows nothing of HTTP, nor of how a run is carried through.
"""

import asyncio
from dataclasses import dataclass, field

from ..events import Finished, Record, RunRequest, Started, decode
from ..runs.journal import Journal
from ..runs.runner import Line

UNLISTED_S = 600.0
KEPT_BYTES = 128 * 1024 * 1024
"""All kept runs together; the oldest finished ones go first."""
OWN_BYTES, LINE_BYTES = 4096, 128
"""What a run, and each line of its journal, takes besides the text."""


@dataclass(eq=False)
class Kept:
    """One run in memory. `finished` is None while it goes on; `listed` shows it among the recorded runs."""

    id: str
    request: RunRequest
    listed: bool = False
    started_at: str | None = None
    finished: Finished | None = None
    journal: Journal = field(default_factory=Journal, repr=False)
    records: dict[int, bytes] = field(default_factory=dict, repr=False)
    """What large graphs left with the run, by the index of their event."""

    @property
    def size(self) -> int:
        """Bytes it takes, with what every run takes whatever it told."""
        told = self.journal.size + LINE_BYTES * self.journal.last + sum(map(len, self.records.values()))
        return OWN_BYTES + len(self.request.source) + told

    def add(self, line: Line) -> None:
        """Takes a line of the run; the last one closes its journal."""
        kind, text = line
        if kind == Record.type:
            self.records[decode(text, Record).graph] = text
            return
        self.journal.append(kind, text)
        if kind == Started.type:
            self.started_at = decode(text, Started).started_at
        elif kind == Finished.type:
            self.finished = decode(text, Finished)
            self.journal.close()


class Shelf:
    """The runs in memory, by id. Belongs to one event loop."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._sizes: dict[str, int] = {}
        """What each finished unlisted run takes, the oldest first."""
        self._size = 0

    def put(self, kept: Kept) -> Kept:
        """Keeps a run, from its first line on."""
        self._kept[kept.id] = kept
        return kept

    def settle(self, kept: Kept) -> None:
        """The run is over: from now on it is kept for a while, and older ones make room for it."""
        kept.journal.close()
        loop = asyncio.get_running_loop()
        self._expiries[kept.id] = loop.call_later(UNLISTED_S, self.forget, kept.id)
        self._sizes[kept.id] = kept.size
        self._size += kept.size
        while self._size > KEPT_BYTES and len(self._sizes) > 1:
            self.forget(next(iter(self._sizes)))

    def find(self, run_id: str) -> Kept | None:
        """The run with this id, None where there is none here."""
        return self._kept.get(run_id)

    def listed(self) -> list[Kept]:
        """The recordings, newest first."""
        return [kept for kept in reversed(self._kept.values()) if kept.listed]

    def forget(self, run_id: str) -> bool:
        """Lets a run go; whether it was here."""
        expiry = self._expiries.pop(run_id, None)
        if expiry is not None:
            expiry.cancel()
        self._size -= self._sizes.pop(run_id, 0)
        return self._kept.pop(run_id, None) is not None

    def close(self) -> None:
        """Lets every run go."""
        for run_id in list(self._kept):
            self.forget(run_id)
