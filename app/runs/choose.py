"""Which runner a server gets: walls where they are offered; none, or a cluster, only where asked for by name."""

import sys
from pathlib import Path
from typing import Literal

from .refusing import RefusingRunner
from .runner import Runner

LOCAL, RAY = "local", "ray://"


def choose(
    *,
    wall: Literal["auto", "refuse", "no-landlock"] = "auto",
    unsafe: bool = False,
    data_dir: Path | None = None,
    runner: str = LOCAL,
) -> Runner:
    """The runner for this machine, not yet started; for `runner="ray://host:port"` that of the cluster with this head.

    `unsafe` runs programs without walls; `wall="refuse"` acts as if the required walls were missing, and
    `"no-landlock"` as if only Landlock were: to test those paths. `data_dir` is the server's own folder.
    """
    if unsafe:
        from .unwalled import UnwalledRunner

        return UnwalledRunner()
    if runner != LOCAL:
        return _of_cluster(runner.removeprefix(RAY))
    if wall == "refuse":
        return RefusingRunner("The required walls are taken as missing, as GRADWALK_WALL=refuse asks.")
    if sys.platform != "linux":
        return RefusingRunner(f"This system ({sys.platform}) offers no walls around a program.")
    from .local import LocalRunner

    return LocalRunner(wall=wall, data_dir=data_dir)


def _of_cluster(address: str) -> Runner:
    """Ray is loaded here alone: it is an extra, and takes its time."""
    try:
        from .ray import RayRunner
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "ray":
            raise
        return RefusingRunner("GRADWALK_RUNNER asks for a cluster, and Ray is not installed here.", INSTALL)
    return RayRunner(address)


INSTALL = 'Install it: pip install "gradwalk[ray]". Or leave GRADWALK_RUNNER unset, and programs run on this machine.'
