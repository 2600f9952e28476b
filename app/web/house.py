"""What every call needs: the limits, the agent, the record, and the word that the server is closing. Made by `main`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from ..agent.agent import Agent, Word
from ..events import Limits, Preset, Recording
from ..store import Reader
from .copies import Copies
from .elsewhere import Elsewhere
from .meters import Meters
from .shelf import Shelf
from .tails import Tails
from .turnstile import Turnstile


@dataclass(frozen=True, slots=True)
class House:
    """The rooms a call may enter.

    `unsafe` says that programs run without walls; `agent` runs them; `reader` and `tails` give what is on record, and
    `shelf` what is not, with `copies` where other web processes look for it too; `elsewhere` is what other machines
    tell; `drawing` bounds the pictures made at once; `recording` says how much of its backwards a run records;
    `turnstile` bounds what a client may have at once, and `bounds` are all such figures; `meters` count; `lessons` are
    the folders of lessons; `closing` is set when the server goes down, so that open streams end.
    """

    limits: Mapping[Preset, Limits]
    unsafe: bool
    agent: Agent
    reader: Reader
    tails: Tails
    drawing: asyncio.Semaphore
    shelf: Shelf = field(default_factory=Shelf)
    copies: Copies | None = None
    elsewhere: Elsewhere = field(init=False)
    recording: Recording = field(default_factory=Recording)
    lessons: tuple[Path, ...] = ()
    turnstile: Turnstile = field(default_factory=Turnstile)
    bounds: Mapping[str, float] = field(default_factory=dict)
    meters: Meters = field(default_factory=Meters)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Listens to other machines as to the agent."""
        object.__setattr__(self, "elsewhere", Elsewhere(self.hear))

    def hear(self, word: Word) -> None:
        """Takes an agent's word of what is new and what is gone."""
        self.tails.hear(word)
        for run_id in word.gone:
            self.shelf.forget(run_id)

    def positions(self) -> dict[str, int]:
        """The place of each listed run that waits, whoever carries it on."""
        return {**self.elsewhere.positions(), **self.agent.positions()}

    async def leave(self) -> None:
        """Lets go of everything, the record last."""
        await self.tails.close()
        self.shelf.close()
        if self.copies is not None:
            self.copies.close()
        self.reader.close()


def house(request: Request) -> House:
    """The house of the request's app."""
    return cast(House, request.app.state.house)


Home = Annotated[House, Depends(house)]
"""A call's parameter that gives it the house."""
