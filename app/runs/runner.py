"""What a runner is: something that runs a request and yields the wire's lines. Also why it may not.

Knows nothing of HTTP, of processes or of torch.
"""

import platform
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from typing import Literal, Protocol, runtime_checkable

from ..events import Finished, Outcome, RunRequest, Started, encode, fits

Line = tuple[str, bytes]
"""An event's type and its line as it travels; a `record` comes between them and is none: it has no number."""

ELSEWHERE = (
    "Run the server on Linux 5.13 or newer, for example in Docker or WSL2. If nobody but you can reach it and you "
    "trust every program you paste, python3 run.py --unsafe-no-sandbox runs programs without walls."
)
"""What to do where there is no wall."""


@dataclass(frozen=True)
class Health:
    """Whether programs can be run, and behind which walls.

    `tier` is A (Landlock and seccomp), B (seccomp alone, no file can be opened), none (no walls), or None while
    unknown; `layers` names each wall and whether it stands; `selftest` names each attack and whether it was refused.
    """

    state: Literal["starting", "ready", "refusing"]
    tier: str | None = None
    layers: dict[str, bool] = field(default_factory=dict)
    detail: str = ""
    python: str | None = None
    torch: str | None = None
    selftest: dict[str, bool] = field(default_factory=dict)


class Refusing(Exception):
    """Programs are not run here; the message says why and what to do."""


class Busy(Exception):
    """Too many runs wait already; `mine` of them, where it is not 0, are those of whoever asks."""

    def __init__(self, retry_after_s: int, *, mine: int = 0) -> None:
        again = f"Try again in {retry_after_s} s"
        super().__init__(
            f"{mine} runs of yours wait already, the most that one client may have. {again}, or stop some of them."
            if mine
            else f"Too many runs are waiting. {again}."
        )
        self.retry_after_s = retry_after_s
        self.mine = mine


class UnknownRun(LookupError):
    """No run has this id: it was deleted, or was kept only for a while."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id!r}: it was deleted or has expired. Run the program again.")


class Runner(Protocol):
    """Runs requests, one child each."""

    def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The run's lines: one Started first, one Finished last, always. Closing the iterator ends the run.

        Raises: Refusing where programs are not run; nothing was yielded then.
        """

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already."""

    async def start(self) -> None:
        """Begins to get ready in the background and returns at once."""

    async def close(self) -> None:
        """Ends everything that still runs."""

    def health(self) -> Health:
        """The present state."""


@runtime_checkable
class Placing(Protocol):
    """A runner that has many machines: room that comes and goes, and runs that wait for it."""

    def follow(self, resized: Callable[[int], None]) -> None:
        """Calls `resized` with how many runs there is room for, soon and whenever that changes."""

    def waiting(self) -> Sequence[str]:
        """The runs that have no place yet, the first to come first."""


def refusal(why: str, instead: str = ELSEWHERE) -> Health:
    """The state of a server that runs no programs; `why` is a sentence, and `instead` says what to do."""
    python, torch = versions()
    detail = f"Programs are not run here. {why} {instead}"
    return Health(state="refusing", tier="none", detail=detail, python=python, torch=torch)


def versions() -> tuple[str, str]:
    """Python's and torch's versions, read from the package's own record: the server never imports torch."""
    try:
        return platform.python_version(), metadata.version("torch")
    except metadata.PackageNotFoundError:
        return platform.python_version(), "not installed"


def started_line(run_id: str, request: RunRequest, health: Health) -> Line:
    """A run's first line."""
    python, torch = versions()
    event = Started(
        run_id=run_id,
        preset=request.preset,
        python=health.python or python,
        torch=health.torch or torch,
        started_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seed=request.seed,
    )
    return event.type, encode(event)


def finished_line(
    outcome: Outcome,
    detail: str,
    *,
    events: int,
    dropped: int = 0,
    wall_ms: float = 0.0,
    cpu_ms: float | None = None,
    peak_memory_bytes: int | None = None,
) -> Line:
    """A run's last line; `events` counts those before it."""
    event = Finished(
        outcome=outcome,
        detail=fits(detail, 4_000),
        events=events,
        dropped=dropped,
        wall_ms=round(wall_ms, 3),
        cpu_ms=cpu_ms,
        peak_memory_bytes=peak_memory_bytes,
    )
    return event.type, encode(event)
