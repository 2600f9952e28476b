"""An agent and its door, served until nobody needs them. The runner is there already, and may be getting ready."""

import asyncio
import sys
import time
from pathlib import Path
from types import FrameType

import uvicorn

from ..logs import configure
from ..runs.runner import Runner
from ..settings import Settings
from ..store import Away, Retention
from .door import Door
from .local import LocalAgent
from .place import listen, socket_path, version

LOOK_S = 0.2
AGAIN_S = 0.5
"""The pause before the next try to open the record."""


class Server(uvicorn.Server):
    """Uvicorn, but a signal first ends the runs, with their last lines on record."""

    def __init__(self, config: uvicorn.Config, leaving: asyncio.Event) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end."""
        self._loop.call_soon_threadsafe(self._leaving.set)


def resident(settings: Settings, runner: Runner) -> LocalAgent:
    """The agent that these settings ask for."""
    retention = Retention(
        days=settings.keep_days or None, runs=settings.keep_runs or None, size_bytes=settings.keep_bytes or None
    )
    return LocalAgent(
        runner,
        settings.database,
        slots=settings.slots,
        queue=settings.queue,
        client_slots=settings.bounds.client_slots,
        client_queue=settings.bounds.client_queue,
        retention=retention,
    )


async def host(runner: Runner, settings: Settings, folder: Path, idle_s: float) -> None:
    """Serves until the agent is told to end, or was not needed for so long. Raises: StoreError, OSError."""
    agent = resident(settings, runner)
    try:
        await _opened(agent)
    except BaseException:
        await runner.close()
        raise
    leaving = asyncio.Event()
    door = Door(agent, version(settings), leaving.set)
    path = socket_path(folder)
    with listen(path) as listening:
        log = configure(settings, "agent")
        config = uvicorn.Config(door.app(), log_config=log, lifespan="off", timeout_graceful_shutdown=1)
        server = Server(config, leaving)
        serving = asyncio.create_task(server.serve([listening]))
        await _until_unneeded(door, leaving, idle_s)
        await agent.end_runs()
        door.shut()
        server.should_exit = True
        await serving
        await agent.close()


async def _opened(agent: LocalAgent) -> None:
    """Opens the agent's record, once PostgreSQL is there: to end instead would end the web processes too.

    Raises: StoreError.
    """
    told = False
    while True:
        try:
            return await agent.open(lambda word: None)
        except Away as error:
            if not told:
                print(error, file=sys.stderr)
            told = True
            await asyncio.sleep(AGAIN_S)


async def _until_unneeded(door: Door, leaving: asyncio.Event, idle_s: float) -> None:
    """Waits until the agent is told to end, or has rested for long enough."""
    resting_since = time.monotonic()
    while not leaving.is_set():
        if not door.rest():
            resting_since = time.monotonic()
        elif time.monotonic() - resting_since >= idle_s:
            return
        try:
            await asyncio.wait_for(leaving.wait(), LOOK_S)
        except TimeoutError:
            continue
