"""Runs that are not on record, where the other web processes find them too: packed whole, and checked when unpacked."""

import asyncio
import logging

from ..events import Event, Record, Started, decode, decode_request, encode_request
from ..store import Place, StoreError
from .shelf import Kept


class Copies:
    """Gives what one web process keeps to the others, and takes it from them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._taking: dict[str, asyncio.Task[Kept | None]] = {}

    async def give(self, kept: Kept) -> None:
        """Puts a finished run where the others look; where that fails, this process alone knows it."""
        try:
            await asyncio.to_thread(lambda: self._place.put(kept.id, pack(kept)))
        except (StoreError, OSError) as error:
            logging.getLogger(__name__).warning(
                "what was typed is known to this process alone: %s", error, extra={"run_id": kept.id}
            )

    async def take(self, run_id: str) -> Kept | None:
        """The run as another process put it there, read once for all who ask meanwhile; None where it is not there."""
        if run_id not in self._taking:
            self._taking[run_id] = asyncio.create_task(self._take(run_id))
            self._taking[run_id].add_done_callback(lambda _: self._taking.pop(run_id))
        return await asyncio.shield(self._taking[run_id])

    async def _take(self, run_id: str) -> Kept | None:
        try:
            packed = await asyncio.to_thread(self._place.get, run_id)
            return None if packed is None else await asyncio.to_thread(unpack, run_id, packed)
        except (StoreError, OSError) as error:
            logging.getLogger(__name__).warning("what was typed elsewhere can't be had: %s", error)
        except (ValueError, KeyError, TypeError) as error:
            logging.getLogger(__name__).warning("what was typed elsewhere is not used: %s", error)
        return None

    async def forget(self, run_id: str) -> None:
        """Lets a run go there too. Raises: StoreError, OSError."""
        await asyncio.to_thread(self._place.forget, run_id)

    def close(self) -> None:
        """Lets go of the place."""
        self._place.close()


def pack(kept: Kept) -> bytes:
    """A finished run as text: what was asked, every line, what large graphs left; one to a line."""
    lines = [entry.line for entry in kept.journal.read(limit=kept.journal.last)]
    return b"\n".join([encode_request(kept.request), *kept.records.values(), *lines])


def unpack(run_id: str, packed: bytes) -> Kept:
    """The run that `pack` was given, each line checked as a child's own. Raises: ValueError, KeyError, TypeError."""
    asked, *lines = packed.split(b"\n")
    kept = Kept(run_id, decode_request(asked))
    for line in lines:
        event = decode(line, Event | Record)
        if isinstance(event, Started) and event.run_id != run_id:
            raise ValueError("it is another run's")
        kept.add((event.type, line))
    if kept.finished is None:
        raise ValueError("it has no end")
    return kept
