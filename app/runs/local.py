"""The runner for one machine: a zygote that is kept alive, a child per run, and every run told to its end.

Knows nothing of HTTP, and of the child only what its pipes carry and how it ended.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ..events import Record, RunRequest
from .flight import Flight
from .runner import Health, Line, Refusing, refusal, started_line
from .verdict import last_line
from .zygote import Zygote, ZygoteError, environment, hide_memory

Wall = Literal["auto", "no-landlock"]
"""`no-landlock` acts as if Landlock were missing, to test that path."""
TRIES = 3
"""Zygotes that fail to start, one after the other, before programs are refused."""
WARMING = "The libraries are being imported and the walls tested; runs wait until that is done."


class LocalRunner:
    """Runs programs in confined children of a warm zygote on this machine.

    `data_dir` is the server's own folder, which no program may read but for matplotlib's part in it.
    """

    def __init__(self, *, wall: Wall = "auto", data_dir: Path | None = None) -> None:
        self._wall = wall
        self._data_dir = data_dir
        self._health = Health(state="starting", detail=WARMING)
        self._settled = asyncio.Event()
        self._zygote: Zygote | None = None
        self._newest: Zygote | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._flights: dict[str, Flight] = {}
        self._figures: tempfile.TemporaryDirectory[str] | None = None

    def health(self) -> Health:
        """The present state."""
        return self._health

    @property
    def zygote_pid(self) -> int | None:
        """The process that forks the children, None while there is none."""
        return self._zygote.pid if self._zygote is not None else None

    async def start(self) -> None:
        """Begins to start the zygote in the background."""
        hide_memory()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="zygote")

    async def close(self) -> None:
        """Ends the zygote and with it every child."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._newest is not None:
            await self._newest.close()
        if self._figures is not None:
            self._figures.cleanup()

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`; nothing where it is over already."""
        if run_id in self._flights:
            self._flights[run_id].stop()

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The run's lines. Raises: Refusing where programs are not run."""
        flight = self._flights[run_id] = Flight(request)
        try:
            while not await self._begin(flight):
                fresh = Flight(request)
                flight.close()
                flight = self._flights[run_id] = fresh
            yield started_line(run_id, request, self._health)
            count = 1
            async with aclosing(flight.told()) as lines:
                async for line in lines:
                    count += line[0] != Record.type
                    yield line
            yield last_line(flight.known, events=count, wall_ms=flight.wall_ms)
        finally:
            del self._flights[run_id]
            flight.close()

    async def _begin(self, flight: Flight) -> bool:
        """Waits for a zygote and has it fork; False where it died before it did, so that the next one must."""
        while not self._settled.is_set() and not flight.over:
            flight.news.clear()
            await _either(self._settled, flight.news)
        if self._health.state == "refusing":
            raise Refusing(self._health.detail)
        if flight.over:
            return True
        if self._zygote is None:
            self._settled.clear()
            return False
        try:
            flight.launch(self._zygote)
        except BlockingIOError as error:
            flight.known.failed = str(error)
            return True
        except OSError:
            self._settled.clear()
            return False
        await flight.begin()
        return flight.begun is not None or not flight.known.zygote_lost or flight.known.stop_asked

    async def _keep(self) -> None:
        """Starts a zygote, and another whenever one ends, until it is cancelled or no zygote will start."""
        failures = 0
        problem = ""
        try:
            while failures < TRIES:
                self._settled.clear()
                self._health = Health(state="starting", detail=WARMING)
                try:
                    await self._serve(Zygote(self._arguments(), environment(self._figures_folder())))
                    failures = 0
                except (OSError, ZygoteError) as error:
                    failures, problem = failures + 1, str(error)
                if self._health.state == "refusing":
                    return
            self._refuse(f"{problem} Its messages are in the server's own output.")
        except asyncio.CancelledError:
            self._refuse("The server is being shut down.")

    async def _serve(self, zygote: Zygote) -> None:
        """One zygote from start to end. Raises: ZygoteError where it never got ready."""
        self._newest = zygote
        try:
            self._take(await zygote.ready())
            if self._health.state == "ready":
                self._zygote = zygote
                self._settled.set()
                await zygote.gone.wait()
        finally:
            self._zygote = None
            await zygote.close()

    def _take(self, word: dict[str, Any]) -> None:
        """Draws the conclusion from what the zygote said of its walls."""
        if word["is"] != "ready":
            return self._refuse(word["detail"])
        through = sorted(name for name, held in word["selftest"].items() if not held)
        tier = "A" if word["layers"]["landlock"] else "B"
        self._health = Health(
            state="ready",
            tier=tier,
            layers=word["layers"],
            detail=TIERS[tier],
            python=word["python"],
            torch=word["torch"],
            selftest=word["selftest"],
        )
        if through:
            self._refuse(f"The self-test of the walls failed: {', '.join(through)} got through.", self._health)
        return None

    def _refuse(self, why: str, known: Health | None = None) -> None:
        self._health = replace(refusal(why), layers=known.layers, selftest=known.selftest) if known else refusal(why)
        self._settled.set()

    def _arguments(self) -> list[str]:
        return [self._wall, str(self._data_dir.resolve()) if self._data_dir is not None else ""]

    def _figures_folder(self) -> Path | None:
        """Where matplotlib keeps its list of fonts, readable for every child."""
        try:
            if self._data_dir is not None:
                folder = self._data_dir / "matplotlib"
                folder.mkdir(parents=True, exist_ok=True)
                return folder.resolve()
            if self._figures is None:
                self._figures = tempfile.TemporaryDirectory(prefix="gradwalk-matplotlib-")
                Path(self._figures.name).chmod(0o755)
            return Path(self._figures.name)
        except OSError:
            return None


async def _either(*events: asyncio.Event) -> None:
    """Waits for the first of several events."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


TIERS = {
    "A": "Programs run behind limits, Landlock and seccomp.",
    "B": "Programs run behind limits and seccomp; without Landlock they can open no file, so some imports fail.",
}
