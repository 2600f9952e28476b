"""`python -m app.agent`: the agent process. It ends on a signal, when told to, or when nobody needed it for long."""

import argparse
import asyncio
import errno
import os
import sys
import time
from pathlib import Path

from ..runs.choose import choose
from ..settings import Settings
from .place import UNUSABLE, Lock, PlaceError, ready_folder

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
    except Exception as error:
        from ..store import StoreError

        if not isinstance(error, (OSError, StoreError)):
            raise
        print(error, file=sys.stderr)
        return exit_status(error)
    return 0


def exit_status(error: Exception) -> int:
    """What to end with: a full disk may have room again soon, and until then the page can still show what there is."""
    from ..store import StoreError

    is_full = "full" in str(error) or getattr(error, "errno", None) == errno.ENOSPC
    return FAILED if is_full or not isinstance(error, (PlaceError, StoreError)) else UNUSABLE


async def _serve(settings: Settings, folder: Path, idle_s: float) -> None:
    runner = choose(wall=settings.wall, unsafe=settings.unsafe_no_sandbox, data_dir=folder, runner=settings.runner)
    await runner.start()  # what starts programs takes longest to warm: the rest is loaded meanwhile
    from .hosting import host

    await host(runner, settings, folder, idle_s)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
