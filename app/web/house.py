"""What every call needs: the limits, the runs, and the word that the server is closing. Made once by `main`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from ..events import Limits, Preset
from ..runs.registry import Registry
from ..runs.runner import Runner


@dataclass(frozen=True, slots=True)
class House:
    """The rooms a call may enter.

    `unsafe` says that programs run without walls; `drawing` bounds the pictures made at once; `closing` is set when the
    server goes down, so that open streams end.
    """

    limits: Mapping[Preset, Limits]
    unsafe: bool
    runner: Runner
    registry: Registry
    drawing: asyncio.Semaphore
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def house(request: Request) -> House:
    """The house of the request's app."""
    return cast(House, request.app.state.house)


Home = Annotated[House, Depends(house)]
"""A call's parameter that gives it the house."""
