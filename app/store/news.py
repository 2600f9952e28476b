"""Word of what is new on record, from machine to machine: PostgreSQL's LISTEN and NOTIFY.

Word may be lost, and then is looked for: nothing is known from it that does not stand in the tables. It comes from
whoever may write the database, and is checked like anything from outside.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .database import connect_arguments

CHANNEL = "gradwalk"
AGAIN_S = 0.5
"""The pause before the next try to connect."""
AT_ONCE = 100
"""Runs in one message, of which PostgreSQL takes 8,000 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is new: `runs` have new lines, each up to a number; `gone` are deleted; `stop` should end, whoever carries
    them on; `positions` are the places of runs that wait. `lost` says that notices may have been missed."""

    runs: Mapping[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    lost: bool = False


def encode(notice: Notice) -> Iterator[str]:
    """The notice as messages that are short enough."""
    told = {name: value for name, value in asdict(notice).items() if value}
    for name, value in told.items():
        items = list(value.items() if isinstance(value, dict) else value)
        for start in range(0, len(items), AT_ONCE):
            piece = items[start : start + AT_ONCE]
            yield json.dumps({name: dict(piece) if isinstance(value, dict) else piece})


def decode(message: str) -> Notice:
    """What one message says. Raises: ValueError where it says nothing of ours."""
    told = json.loads(message)
    if not isinstance(told, dict):
        raise ValueError("a notice is an object")
    return Notice(
        runs=_numbers(told.get("runs", {})),
        gone=_names(told.get("gone", [])),
        stop=_names(told.get("stop", [])),
        positions=_numbers(told.get("positions", {})),
    )


class News:
    """Listens for ever. `hear` is called in this event loop with every notice, and a lost one after each silence."""

    def __init__(self, url: str, hear: Callable[[Notice], None]) -> None:
        self._url = url
        self._hear = hear
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins to listen."""
        self._listening = asyncio.create_task(self._listen(), name="news of other machines")

    async def close(self) -> None:
        """Hangs up."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def _listen(self) -> None:
        import psycopg  # an extra, which need not be installed

        heard = True
        while True:
            try:
                async for notice in _notices(self._url):
                    heard = True
                    self._hear(notice)
            except (psycopg.Error, OSError) as error:
                if heard:
                    logging.getLogger(__name__).warning("news of other machines is waited for: %s", error)
                heard = False
            await asyncio.sleep(AGAIN_S)


async def _notices(url: str) -> AsyncIterator[Notice]:
    """What one connection hears, first that something may have been missed. Raises: psycopg.Error."""
    import psycopg

    arguments: dict[str, Any] = connect_arguments(url)
    async with await psycopg.AsyncConnection.connect(autocommit=True, **arguments) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        yield Notice(lost=True)
        async for each in connection.notifies():
            try:
                yield decode(each.payload)
            except (ValueError, RecursionError) as error:
                logging.getLogger(__name__).warning("a notice that says nothing: %s", error)


def _numbers(told: Any) -> dict[str, int]:
    if not isinstance(told, dict) or not all(type(value) is int for value in told.values()):
        raise ValueError("runs and positions have numbers")
    return told


def _names(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise ValueError("runs are named by text")
    return tuple(told)
