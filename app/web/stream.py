"""Lines of runs -> Server-Sent Events: pre-encoded bytes, cursors for resuming, heartbeats as comments.

One stream may carry several runs; its ids then hold every run's position, the one just sent first. A reader's pace
holds up only itself. Source: WHATWG HTML, section "Server-sent events"; RFC 9110, section "Content-Encoding".
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

HEARTBEAT_S = 15.0
RETRY = b"retry: 1000\n\n"
HEARTBEAT = b": still here\n\n"
HEADERS = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no", "vary": "accept-encoding"}
MEDIA_TYPE = "text/event-stream"
PIECE_BYTES = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS
LEVEL = 1
"""Lines of numbers shrink to a fifth at the quickest level, and hardly more at others."""


class Line(Protocol):
    """One line of a run, whoever keeps it."""

    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> bytes: ...  # noqa: D102


Feed = AsyncIterator[Sequence[Line]]
"""Batches of a run's lines, in order, never empty."""


def cursor(text: str | None) -> int:
    """The position a Last-Event-ID of one run holds; what no stream of ours wrote counts as none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else 0


def cursors(text: str | None, runs: list[str]) -> dict[str, int]:
    """The position of each run in a Last-Event-ID of several, such as `b:7,a:12`."""
    pairs = (part.partition(":") for part in (text or "").split(","))
    told = {run: cursor(place) for run, _, place in pairs}
    return {run: told.get(run, 0) for run in runs}


class Streaming(StreamingResponse):
    """A stream that gives its place up at its end, also where its client left before its first word."""

    def __init__(self, events: AsyncGenerator[bytes, None], headers: Mapping[str, str], leave: Callable[[], None]):
        super().__init__(events, media_type=MEDIA_TYPE, headers=headers)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


def respond(
    events: AsyncGenerator[bytes, None], accept_encoding: str | None, leave: Callable[[], None] = lambda: None
) -> StreamingResponse:
    """The answer that sends these events, compressed piece by piece where the client takes gzip.

    `leave` is called when it is over, however it ends.
    """
    if "gzip" not in (accept_encoding or ""):
        return Streaming(events, HEADERS, leave)
    return Streaming(_compressed(events), {**HEADERS, "content-encoding": "gzip"}, leave)


async def single(feed: Feed, closing: asyncio.Event) -> AsyncGenerator[bytes, None]:
    """One run's events; an id is the event's number."""
    yield RETRY
    async with aclosing(_merged({"": feed}, closing)) as batches:
        async for _, batch in batches:
            for piece in _pieces(_frame(b"%d" % entry.seq, entry) for entry in batch) if batch else (HEARTBEAT,):
                yield piece


async def several(
    feeds: Mapping[str, Feed], after: Mapping[str, int], closing: asyncio.Event
) -> AsyncGenerator[bytes, None]:
    """Several runs' events above their positions; an id is every run's position, the event's own run first."""
    yield RETRY
    places = dict(after)
    async with aclosing(_merged(feeds, closing)) as batches:
        async for run, batch in batches:
            others = "".join(f",{other}:{place}" for other, place in places.items() if other != run)
            frames = (_frame(f"{run}:{entry.seq}{others}".encode(), entry) for entry in batch)
            for piece in _pieces(frames) if batch else (HEARTBEAT,):
                yield piece
            if batch:
                places[run] = batch[-1].seq


def _frame(place: bytes, entry: Line) -> tuple[bytes, bytes]:
    """An event's head and its line; the line is the one that all its readers share."""
    return b"id: %s\nevent: %s\ndata: " % (place, entry.type.encode()), entry.line


def _pieces(frames: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The frames as text, in pieces of at most 64 KiB and a head: what one reader may keep waiting in memory."""
    held = bytearray()
    for head, line in frames:
        held += head
        for start in range(0, len(line), PIECE_BYTES):
            held += line[start : start + PIECE_BYTES]
            if len(held) >= PIECE_BYTES:
                yield bytes(held)
                held.clear()
        held += b"\n\n"
    yield bytes(held)


async def _compressed(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    async with aclosing(events):
        async for piece in events:
            yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


async def _merged(
    feeds: Mapping[str, Feed], closing: asyncio.Event
) -> AsyncGenerator[tuple[str, Sequence[Line]], None]:
    """Batches as they come, each with its run, and an empty one whenever nothing came for a while."""
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
        await _cancel(*coming.values(), shut)
        for feed in feeds.values():
            await _close(feed)


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close(feed: Feed) -> None:
    if isinstance(feed, AsyncGenerator):
        await feed.aclose()


async def _next(feed: Feed) -> Sequence[Line]:
    """The next batch, empty at the end."""
    return await anext(feed, [])
