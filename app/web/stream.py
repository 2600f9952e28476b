"""Journals -> Server-Sent Events: pre-encoded bytes, cursors for resuming, heartbeats as comments.

One stream may carry several runs; its ids then hold every run's position, the one just sent first. A reader's pace
holds up only itself. Source: WHATWG HTML, section "Server-sent events".
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from ..runs.journal import Entry, Journal

HEARTBEAT_S = 15.0
RETRY = b"retry: 1000\n\n"
HEARTBEAT = b": still here\n\n"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
MEDIA_TYPE = "text/event-stream"


def cursor(text: str | None) -> int:
    """The position a Last-Event-ID of one run holds; what no stream of ours wrote counts as none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else 0


def cursors(text: str | None, runs: list[str]) -> dict[str, int]:
    """The position of each run in a Last-Event-ID of several, such as `b:7,a:12`."""
    pairs = (part.partition(":") for part in (text or "").split(","))
    told = {run: cursor(place) for run, _, place in pairs}
    return {run: told.get(run, 0) for run in runs}


def exhausted(journals: Mapping[str, Journal], after: Mapping[str, int]) -> bool:
    """Whether nothing is left to send, now or ever."""
    return all(journal.closed and after[run] >= journal.last for run, journal in journals.items())


async def single(journal: Journal, after: int, closing: asyncio.Event) -> AsyncGenerator[bytes, None]:
    """One run's events above `after`; an id is the event's number."""
    yield RETRY
    async for _, batch in _merged({"": journal}, {"": after}, closing):
        yield b"".join(_frame(str(entry.seq), entry) for entry in batch) if batch else HEARTBEAT


async def several(
    journals: Mapping[str, Journal], after: Mapping[str, int], closing: asyncio.Event
) -> AsyncGenerator[bytes, None]:
    """Several runs' events above their positions; an id is every run's position, the event's own run first."""
    yield RETRY
    places = dict(after)
    async for run, batch in _merged(journals, after, closing):
        others = "".join(f",{other}:{place}" for other, place in places.items() if other != run)
        yield b"".join(_frame(f"{run}:{entry.seq}{others}", entry) for entry in batch) if batch else HEARTBEAT
        if batch:
            places[run] = batch[-1].seq


def _frame(cursor_text: str, entry: Entry) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (cursor_text.encode(), entry.type.encode(), entry.line)


async def _merged(
    journals: Mapping[str, Journal], after: Mapping[str, int], closing: asyncio.Event
) -> AsyncGenerator[tuple[str, list[Entry]], None]:
    """Batches as they come, each with its run, and an empty one whenever nothing came for a while."""
    feeds = {run: aiter(journal.follow(after[run])) for run, journal in journals.items()}
    coming = {run: asyncio.ensure_future(_next(feed)) for run, feed in feeds.items()}
    shut = asyncio.ensure_future(closing.wait())
    try:
        while coming:
            await asyncio.wait({*coming.values(), shut}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
            ready = {run: task.result() for run, task in coming.items() if task.done()}
            if not ready and shut.done():
                return
            if not ready:
                yield "", []
            coming = {run: task for run, task in coming.items() if run not in ready}
            for run, batch in ((run, batch) for run, batch in ready.items() if batch):
                yield run, batch
                coming[run] = asyncio.ensure_future(_next(feeds[run]))
    finally:
        tasks = [*coming.values(), shut]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _next(feed: AsyncIterator[list[Entry]]) -> list[Entry]:
    """The next batch, empty at the end."""
    return await anext(feed, [])
