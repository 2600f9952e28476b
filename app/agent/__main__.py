"""`python -m app.agent`: the agent process. It ends on a signal, when told to, or when nobody needed it for long."""

import argparse
import asyncio
import errno
import os
import sys
import time
from pathlib import Path
from types import FrameType

import uvicorn

from ..logs import configure
from ..runs.choose import choose
from ..settings import Settings
from ..store import StoreError
from .door import Door
from .local import resident
from .place import UNUSABLE, Lock, PlaceError, listen, ready_folder, socket_path, version

IDLE_S = 600.0
"""An agent without a web process and without a run ends after this long."""
LOOK_S = 0.2
FAILED = 1


def main(arguments: list[str]) -> int:
    """Serves until it is not needed; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.agent", description="Owns Gradwalk's runs on this machine.")
    parser.add_argument("--idle-s", type=float, default=IDLE_S, help="end after so long without web process and run")
    idle_s = parser.parse_args(arguments).idle_s
    settings = Settings.from_environment(os.environ)
    try:
        folder = ready_folder(settings.data_dir)
        lock = Lock(folder)
        while not lock.take():
            time.sleep(LOOK_S)  # an older agent finishes its runs
        asyncio.run(_serve(settings, folder, idle_s))
    except (OSError, StoreError) as error:
        print(error, file=sys.stderr)
        return exit_status(error)
    return 0


def exit_status(error: Exception) -> int:
    """What to end with: a full disk may have room again soon, and until then the page can still show what there is."""
    is_full = "full" in str(error) or getattr(error, "errno", None) == errno.ENOSPC
    return FAILED if is_full or not isinstance(error, (PlaceError, StoreError)) else UNUSABLE


class Server(uvicorn.Server):
    """Uvicorn, but a signal first ends the runs, with their last lines on record."""

    def __init__(self, config: uvicorn.Config, leaving: asyncio.Event) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end."""
        self._loop.call_soon_threadsafe(self._leaving.set)


async def _serve(settings: Settings, folder: Path, idle_s: float) -> None:
    runner = choose(wall=settings.wall, unsafe=settings.unsafe_no_sandbox, data_dir=folder)
    agent = resident(settings, runner)
    await agent.open(lambda word: None)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
