"""A runner that plays recordings: for pages where no program may run, and for tests. It runs nothing.

Knows nothing of processes.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..events import Event, Outcome, Record, RunRequest, Started, decode, encode
from .runner import Health, Line, Refusing, finished_line, versions

ANY = ""
"""The recording played for a source that has none of its own."""


def load(path: Path) -> list[Line]:
    """A recording, one event per line, checked as strictly as a child's own. Raises: WireError; OSError."""
    lines = path.read_bytes().splitlines()
    return [(decode(line, Event | Record).type, line) for line in lines]


class ReplayRunner:
    """Plays the recording of the request's source, with the new run's id in its first line.

    `recordings` maps a source to its lines; the one under "" stands for every other source. `pause_s` is waited before
    each line but the first.
    """

    def __init__(self, recordings: Mapping[str, Sequence[Line]], *, pause_s: float = 0.0) -> None:
        self._recordings = recordings
        self._pause_s = pause_s
        self._stops: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to end."""

    def health(self) -> Health:
        """Always ready, with no walls: nothing runs."""
        python, torch = versions()
        detail = "Recorded runs are played; no program is run."
        return Health(state="ready", tier="none", detail=detail, python=python, torch=torch)

    async def stop(self, run_id: str) -> None:
        """Ends the playing of one run as `stopped`."""
        if run_id in self._stops:
            self._stops[run_id].set()

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The recorded lines. Raises: Refusing where the source was never recorded."""
        lines = self._recordings.get(request.source, self._recordings.get(ANY))
        if lines is None:
            raise Refusing(
                "This program was never recorded, and programs are not run here. Choose one of the examples."
            )
        stop = self._stops[run_id] = asyncio.Event()
        try:
            played = 0
            for kind, line in lines:
                if played and await self._stopped(stop):
                    yield finished_line(Outcome.STOPPED, "The recording was stopped, as asked.", events=played)
                    return
                played += kind != Record.type
                yield (
                    (kind, encode(replace(decode(line, Started), run_id=run_id)))
                    if kind == Started.type
                    else (kind, line)
                )
        finally:
            del self._stops[run_id]

    async def _stopped(self, stop: asyncio.Event) -> bool:
        """Waits the pause out, or less where a stop comes."""
        try:
            await asyncio.wait_for(stop.wait(), self._pause_s or 1e-9)
        except TimeoutError:
            return stop.is_set()
        return True


def _renamed(line: bytes, run_id: str) -> bytes:
    """The recording's first line under the new run's id."""
    return encode(replace(decode(line, Started), run_id=run_id))
