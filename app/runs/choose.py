"""Which runner this machine gets: walls where they are offered, none only where that was asked for by name."""

import sys
from pathlib import Path
from typing import Literal

from .refusing import RefusingRunner
from .runner import Runner


def choose(
    *, wall: Literal["auto", "refuse", "no-landlock"] = "auto", unsafe: bool = False, data_dir: Path | None = None
) -> Runner:
    """The runner for this machine, not yet started.

    `unsafe` runs programs without walls; `wall="refuse"` acts as if the required walls were missing, and
    `"no-landlock"` as if only Landlock were: to test those paths. `data_dir` is the server's own folder.
    """
    if unsafe:
        from .unwalled import UnwalledRunner

        return UnwalledRunner()
    if wall == "refuse":
        return RefusingRunner("The required walls are taken as missing, as GRADWALK_WALL=refuse asks.")
    if sys.platform != "linux":
        return RefusingRunner(f"This system ({sys.platform}) offers no walls around a program.")
    from .local import LocalRunner

    return LocalRunner(wall=wall, data_dir=data_dir)
