"""What the web process may ask of an agent, and what an agent tells it unasked.

Knows nothing of HTTP and of sockets.
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..events import RunRequest
from ..runs.load import Load
from ..runs.runner import Health, Line

Hear = Callable[["Word"], None]


@dataclass(frozen=True, slots=True)
class Word:
    """What an agent tells unasked.

    `runs` are the runs with news, each with the number of its newest line on record; `gone` those deleted; `lost` says
    that words may have been missed, so that whoever follows a run should look for itself.
    """

    runs: dict[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """Whose a run is: `name` tells clients apart for the bounds, `owner` is the user where users are known."""

    name: str = ""
    owner: str | None = None


NOBODY = Client()


class Unreachable(Exception):
    """The agent doesn't answer now; it is started again by itself."""

    def __init__(self) -> None:
        super().__init__(
            "The process that runs programs is being started again. What was recorded is kept; try again in a moment."
        )


class Unrecorded(Exception):
    """Runs can't be recorded now, so none is begun; the message says why and what to do."""


class Agent(Protocol):
    """Runs programs and keeps their record."""

    async def open(self, hear: Hear) -> None:
        """Begins to get ready; `hear` is called in this event loop with every word."""

    async def close(self) -> None:
        """Lets go of it; an agent in this process ends its runs as `interrupted`."""

    def health(self) -> Health:
        """Whether programs can be run, as last known."""

    def positions(self) -> dict[str, int]:
        """The place of each listed run that waits, as last known."""

    def load(self) -> Load:
        """How much goes on, as last known."""

    async def start(self, request: RunRequest, client: Client = NOBODY) -> str:
        """The id of a new run, begun or queued; it is on record. Raises: Refusing, Busy, Unrecorded, Unreachable."""

    def express(self, run_id: str, request: RunRequest, client: Client = NOBODY) -> AsyncGenerator[Line, None]:
        """The lines of a run that is neither listed nor recorded; closing it stops the run.

        Raises: Refusing, Busy, Unreachable, all before the first line.
        """

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already. Raises: Unreachable."""

    async def delete(self, run_id: str) -> None:
        """Ends a run that goes on and removes its record. Raises: Unreachable."""

    async def rename(self, run_id: str, title: str) -> None:
        """Gives a run another title. Raises: Unreachable."""
