"""Recorded runs as they grow: any number of viewers of a run share one reader of its newest lines.

A viewer is shown only what is on record. One that comes late or falls behind reads the record at its own pace; nothing
waits for it. Knows nothing of HTTP.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator

from ..agent.agent import Word
from ..events import Finished
from ..store import Entry, Reader, StoreError

RECENT_BYTES = 4 * 1024 * 1024
"""What a run's newest lines may take in memory, whoever watches."""
LOOK_S = 1.0
"""How long word of news is trusted to come by itself."""
BATCH = 1000
BATCH_BYTES = 256 * 1024
"""What a viewer that reads by itself may hold, but for a single larger line."""


class Tail:
    """The newest lines of one run: all those above number `start`."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.news = asyncio.Event()
        self.viewers: set[asyncio.Event] = set()
        self.gone = False
        self._recent: deque[Entry] = deque()
        self._size = 0

    @property
    def last(self) -> int:
        """The newest line's number."""
        return self._recent[-1].seq if self._recent else self.start

    @property
    def finished(self) -> bool:
        """Whether the run's last line is here."""
        return bool(self._recent) and self._recent[-1].type == Finished.type

    def extend(self, entries: list[Entry]) -> None:
        """Adds lines; the oldest make room."""
        self._recent.extend(entries)
        self._size += sum(len(entry.line) for entry in entries)
        while self._size > RECENT_BYTES and len(self._recent) > 1:
            oldest = self._recent.popleft()
            self.start = oldest.seq
            self._size -= len(oldest.line)
        self.wake()

    def wake(self) -> None:
        """Has every viewer look."""
        for viewer in self.viewers:
            viewer.set()

    def above(self, after: int) -> list[Entry]:
        """At most a batch of lines above `after`, which must not lie below `start`."""
        skipped = after - self.start
        return [self._recent[place] for place in range(skipped, min(skipped + BATCH, len(self._recent)))]


class Tails:
    """Every run that somebody watches. Belongs to one event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._tails: dict[str, Tail] = {}
        self._pumps: dict[str, asyncio.Task[None]] = {}

    def hear(self, word: Word) -> None:
        """Takes the agent's word of what is new."""
        for run_id, tail in self._tails.items():
            if run_id in word.gone:
                tail.gone = True
                tail.wake()
            if word.lost or word.runs.get(run_id, 0) > tail.last:
                tail.news.set()

    async def follow(
        self, run_id: str, after: int, last: int, turn: asyncio.Lock | None = None
    ) -> AsyncGenerator[list[Entry], None]:
        """Batches of lines above `after` as they come, never empty; ends after `finished`, or when it was deleted.

        `last` is the number of a line known to be on record, from where on viewers share what is read. What is read for
        this viewer alone is read, and held, at its `turn`: one batch at a time for all that share it.
        """
        tail, wake = self._enter(run_id, last)
        turn = turn or asyncio.Lock()
        try:
            while True:
                wake.clear()
                before, kind = after, ""
                async for batch in self._batch(run_id, tail, after, turn):
                    after, kind = batch[-1].seq, batch[-1].type
                    yield batch
                    del batch
                if tail.gone or kind == Finished.type or (tail.finished and after >= tail.last):
                    return
                if after == before:
                    await wake.wait()
        finally:
            await self._leave(run_id, tail, wake)

    async def _batch(
        self, run_id: str, tail: Tail, after: int, turn: asyncio.Lock
    ) -> AsyncGenerator[list[Entry], None]:
        """The next batch, if there is one; of what is read it is held as long as the turn lasts."""
        if after >= tail.start:
            if batch := tail.above(after):
                yield batch
            return
        async with turn:
            if batch := await self._read(run_id, after):
                yield batch

    async def replay(self, run_id: str, after: int, turn: asyncio.Lock) -> AsyncGenerator[list[Entry], None]:
        """Batches of a finished run's lines above `after`, never empty, each read and held at its `turn`."""
        is_over = False
        while not is_over:
            async with turn:
                batch = await self._read(run_id, after)
                is_over = not batch
                if batch:
                    after = batch[-1].seq
                    yield batch
            del batch

    async def close(self) -> None:
        """Ends every tail."""
        for pump in self._pumps.values():
            pump.cancel()

    def _enter(self, run_id: str, last: int) -> tuple[Tail, asyncio.Event]:
        tail = self._tails.get(run_id)
        if tail is None:
            tail = self._tails[run_id] = Tail(last)
            self._pumps[run_id] = asyncio.create_task(self._pump(run_id, tail), name=f"tail {run_id}")
        wake = asyncio.Event()
        tail.viewers.add(wake)
        return tail, wake

    async def _leave(self, run_id: str, tail: Tail, wake: asyncio.Event) -> None:
        tail.viewers.discard(wake)
        if not tail.viewers and self._tails.get(run_id) is tail:
            del self._tails[run_id]
            self._pumps.pop(run_id).cancel()

    async def _pump(self, run_id: str, tail: Tail) -> None:
        """Reads each new line once, for all viewers."""
        told = False
        while not tail.finished and not tail.gone:
            tail.news.clear()
            try:
                entries = await self._read(run_id, tail.last)
                told = False
                if entries:
                    tail.extend(entries)
                else:
                    await self._rest(run_id, tail)
            except StoreError as error:
                if not told:
                    words = "run %s can't be followed for now: %s"
                    logging.getLogger(__name__).warning(words, run_id, error, extra={"run_id": run_id})
                told = True
                await asyncio.sleep(LOOK_S)

    async def _rest(self, run_id: str, tail: Tail) -> None:
        """Waits for news; where there are none for long, sees to it that the run is still kept."""
        try:
            async with asyncio.timeout(LOOK_S):  # wait_for of Python 3.11 may swallow a cancellation
                await tail.news.wait()
        except TimeoutError:
            tail.gone = tail.gone or await asyncio.to_thread(self._reader.record, run_id) is None
            if tail.gone:
                tail.wake()

    async def _read(self, run_id: str, after: int) -> list[Entry]:
        return await asyncio.to_thread(self._reader.entries, run_id, after, BATCH, BATCH_BYTES)
