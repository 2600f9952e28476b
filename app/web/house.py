"""What every call needs: the limits, the agent, the record, and the word that the server is closing. Made by `main`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from ..agent.agent import Agent
from ..events import Limits, Preset, Recording
from ..store import Reader
from .meters import Meters
from .shelf import Shelf
from .tails import Tails
from .turnstile import Turnstile


@dataclass(frozen=True, slots=True)
class House:
    """The rooms a call may enter.

    `unsafe` says that programs run without walls; `agent` runs them; `reader` and `tails` give what is on record, and
    `shelf` what is not; `drawing` bounds the pictures made at once; `recording` says how much of its backwards a run
    records; `turnstile` bounds what a client may have at once, and `bounds` are all such figures; `meters` count;
    `lessons` are the folders of lessons; `closing` is set when the server goes down, so that open streams end.
    """

    limits: Mapping[Preset, Limits]
    unsafe: bool
    agent: Agent
    reader: Reader
    tails: Tails
    drawing: asyncio.Semaphore
    shelf: Shelf = field(default_factory=Shelf)
    recording: Recording = field(default_factory=Recording)
    lessons: tuple[Path, ...] = ()
    turnstile: Turnstile = field(default_factory=Turnstile)
    bounds: Mapping[str, float] = field(default_factory=dict)
    meters: Meters = field(default_factory=Meters)
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def house(request: Request) -> House:
    """The house of the request's app."""
    return cast(House, request.app.state.house)


Home = Annotated[House, Depends(house)]
"""A call's parameter that gives it the house."""
