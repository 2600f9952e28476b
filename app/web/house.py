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
from .shelf import Shelf
from .tails import Tails


@dataclass(frozen=True, slots=True)
class House:
    """The rooms a call may enter.

    `unsafe` says that programs run without walls; `agent` runs them; `reader` and `tails` give what is on record, and
    `shelf` what is not; `drawing` bounds the pictures made at once; `recording` says how much of its backwards a run
    records; `lessons` are the folders of lessons; `closing` is set when the server goes down, so that open streams end.
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
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def house(request: Request) -> House:
    """The house of the request's app."""
    return cast(House, request.app.state.house)


Home = Annotated[House, Depends(house)]
"""A call's parameter that gives it the house."""
