"""A run by its id, wherever it is kept: on the shelf of this process, or on record.

Knows nothing of HTTP.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from functools import lru_cache

from ..events import Columns, Finished, Graph, WireError, decode, unpack
from ..events import Record as GraphRecord
from ..runs.journal import Journal
from ..runs.runner import UnknownRun
from ..store import Record, Series
from .house import House
from .recorded import offer_recordings
from .refusals import NotYours
from .shelf import Kept
from .stream import Line
from .visitor import Visitor

MOST_EVENTS = 2**31
"""No run has as many."""
COLUMNS_KEPT = 2
"""Large graphs whose columns stay in memory, some 20 MB each at most: whoever opens a group opens another soon."""
GRAPHS_KEPT = 4
"""Graph events that stay in memory decoded, some 10 MB each at most: a picture of one is asked for again and again."""

_NOTHING = Journal()
_NOTHING.close()


async def record(home: House, run_id: str) -> Record:
    """What is known of a run. Raises: UnknownRun."""
    kept = home.shelf.find(run_id)
    if kept is None:
        found = await asyncio.to_thread(home.reader.record, run_id)
        if found is not None:
            return found
        kept = await _from_others(home, run_id)
    return of_kept(kept)


async def _from_others(home: House, run_id: str) -> Kept:
    """A run that is not on record, as another web process kept it; it is kept here too. Raises: UnknownRun."""
    offer(home)
    taken = home.shelf.find(run_id) or (await home.copies.take(run_id) if home.copies is not None else None)
    if taken is None:
        raise UnknownRun(run_id)
    here = home.shelf.find(run_id)
    if here is None:
        here = home.shelf.put(taken)
        home.shelf.settle(here)
    return here


def offer(home: House) -> None:
    """Lists recorded runs where no program may run."""
    if home.agent.health().state == "refusing" and not home.shelf.listed():
        offer_recordings(home.shelf)


async def own(home: House, run_id: str, visitor: Visitor) -> Record:
    """What is known of a run that this visitor may change. Raises: UnknownRun, NotYours."""
    found = await record(home, run_id)
    if not visitor.sees(found.owner):
        raise NotYours("Somebody else began this run, so only they and an operator may stop, rename or delete it.")
    return found


async def records(
    home: House, limit: int, before: str | None, group: str | None, owner: str | None = None
) -> list[Record]:
    """Listed runs, newest first, those of one user where one is given. Raises: UnknownRun where `before` is none."""
    offer(home)
    if before is not None:
        await record(home, before)
    recorded = [of_kept(kept) for kept in home.shelf.listed()] if before is None and group is None else []
    return [*await asyncio.to_thread(home.reader.records, limit, before, group, owner), *recorded][:limit]


async def series(home: House, run_ids: Sequence[str]) -> dict[str, list[Series]]:
    """The series of each run."""
    return await asyncio.to_thread(home.reader.series, run_ids)


def feed(home: House, known: Record, after: int, turn: asyncio.Lock | None = None) -> AsyncIterator[Sequence[Line]]:
    """A run's lines above `after` as they come; feeds that share a `turn` hold one batch of their own between them."""
    turn = turn or asyncio.Lock()
    kept = home.shelf.find(known.id)
    if kept is not None:
        return kept.journal.follow(after)
    if exhausted(known, after):
        return _NOTHING.follow()
    if known.state == "finished":
        return home.tails.replay(known.id, after, turn)
    return home.tails.follow(known.id, after, known.last_seq, turn)


async def without(feed: AsyncIterator[Sequence[Line]], kinds: frozenset[str]) -> AsyncGenerator[Sequence[Line], None]:
    """The feed without events of these types; the last one always comes."""
    try:
        async for batch in feed:
            kept = [entry for entry in batch if entry.type not in kinds or entry.type == Finished.type]
            if kept:
                yield kept
    finally:
        if isinstance(feed, AsyncGenerator):
            await feed.aclose()


def exhausted(known: Record, after: int) -> bool:
    """Whether nothing is left to send above `after`, now or ever."""
    return known.state == "finished" and after >= known.last_seq


async def nth(home: House, run_id: str, kind: str, index: int) -> bytes | None:
    """The line of a run's event of that kind, counted from 0; None where it has no such. Raises: UnknownRun."""
    kept = home.shelf.find(run_id)
    if kept is None:
        await record(home, run_id)
        kept = home.shelf.find(run_id)
    if kept is None:
        if index >= MOST_EVENTS:
            return None
        return await asyncio.to_thread(home.reader.nth, run_id, kind, index)
    lines = [entry.line for entry in kept.journal.read(limit=kept.journal.last) if entry.type == kind]
    return lines[index] if index < len(lines) else None


async def graph(home: House, run_id: str, index: int) -> Graph | None:
    """A run's graph event; None where it has no such. Raises: UnknownRun."""
    line = await nth(home, run_id, Graph.type, index)
    return None if line is None else await asyncio.to_thread(_graph, line)


async def columns(home: House, run_id: str, index: int) -> Columns | None:
    """All of a large graph, as it stays with the run; None where its event holds all there is, or all that is sound."""
    kept = home.shelf.find(run_id)
    line = kept.records.get(index) if kept else await asyncio.to_thread(home.reader.graph_record, run_id, index)
    return None if line is None else await asyncio.to_thread(_columns, line)


@lru_cache(maxsize=GRAPHS_KEPT)
def _graph(line: bytes) -> Graph:
    found: Graph = decode(line, Graph, older=True)
    return found


@lru_cache(maxsize=COLUMNS_KEPT)
def _columns(line: bytes) -> Columns | None:
    try:
        return unpack(decode(line, GraphRecord).data)
    except WireError as error:
        logging.getLogger(__name__).warning("the record of a large graph is not used: %s", error)
        return None


def of_kept(kept: Kept) -> Record:
    """A run in memory as the record would have it."""
    request, end = kept.request, kept.finished
    return Record(
        id=kept.id,
        title=request.title,
        group=request.group,
        preset=request.preset,
        source=request.source,
        steps_per_s=request.steps_per_s,
        state="finished" if end is not None else "running" if kept.started_at else "queued",
        outcome=end.outcome if end else None,
        detail=end.detail if end else None,
        created_at=kept.started_at or "",
        started_at=kept.started_at,
        wall_ms=end.wall_ms if end else None,
        last_seq=kept.journal.last,
        size_bytes=kept.size,
    )
