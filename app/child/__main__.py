"""The zygote: `python -I -B -m app.child CONTROL WALL PRIVATE`, started by the server, never by a person.

It imports and warms torch once, proves the walls by attacking them, then forks one child per run. CONTROL is the number
of an inherited socket; WALL is `auto` or `no-landlock` (tier B even where Landlock is offered, to test it); PRIVATE a
folder of the server's that no child may ever read, or empty.
"""

import contextlib
import fcntl
import os
import platform
import socket
import sys
from functools import partial
from typing import Any

from . import landlock, readable, seccomp
from .confine import ConfineError, Walls, hide_memory, measured
from .depth import allow_deep
from .reserve import RESERVE
from .spare import Fork
from .watch import Watch, settle, tell

HIGH_DESCRIPTOR = 100
"""Above every descriptor a child keeps, so that none lands on it."""


def main(arguments: list[str]) -> None:
    """Starts, proves the walls, says so on the control socket, and serves until the server is gone."""
    if allow_deep():  # how far a stack may ever grow is settled when a program is loaded, so it starts over
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    control = socket.socket(fileno=int(arguments[0]))
    _offer_to_oom_killer()
    hide_memory()
    walls, detail = _find_walls(arguments[1], arguments[2])
    if walls is None:
        tell(control, **{"is": "refusing", "detail": detail})
        return
    _serve(control, walls)


def _serve(control: socket.socket, walls: Walls) -> None:
    try:
        walls, word = _prepare(walls)
    except ConfineError as error:
        tell(control, **{"is": "refusing", "detail": str(error)})
        return
    tell(control, **{"is": "ready", **word})
    if all(word["selftest"].values()):
        from .forked import run

        kept = () if walls.rules is None else (walls.rules,)
        Watch(control, partial(run, walls), kept, None if _is_wide(walls) else partial(_catch_up, walls)).run()
        os._exit(0)  # nothing is left to do, and taking torch down by the book takes a second


def _prepare(walls: Walls) -> tuple[Walls, dict[str, Any]]:
    """Imports, warms and proves; gives the walls as measured and what the server is told of them.

    Raises: ConfineError, whose message is a sentence, where no child can be confined.
    """
    from .warm import warm

    warm(wide=_is_wide(walls))
    import torch

    from . import forked, selftest
    from .rehearse import rehearse

    rehearse()
    forked.rehearse()
    _check_threads()
    settle()
    RESERVE.hold()
    walls = measured(walls)
    proof = selftest.prove(walls)
    layers = {
        "limits": True,
        "seccomp": True,
        "landlock": walls.rules is not None,
        "own_user": os.geteuid() == 0,
        "libraries_read": proof.pop(selftest.LIBRARIES_READ),
    }
    python, version = platform.python_version(), torch.__version__
    return walls, {"layers": layers, "selftest": proof, "python": python, "torch": version}


def _is_wide(walls: Walls) -> bool:
    """Whether a child can open no library, so that all must be imported before the first run."""
    return walls.rules is None or walls.reads_as_root is None


def _catch_up(walls: Walls) -> Fork:
    """Imports what was left for later; gives what forks from now on become. Raises: ConfineError."""
    from .forked import run
    from .warm import warm_fewer

    warm_fewer()
    _check_threads()
    settle()
    return partial(run, measured(walls))


def _check_threads() -> None:
    """Raises: ConfineError where a fork would be unsafe."""
    if len(os.listdir("/proc/self/task")) != 1:
        raise ConfineError("A library started a thread before the first run, so forking is unsafe.")


def _find_walls(wall: str, private: str) -> tuple[Walls | None, str]:
    """The walls this machine offers, or None and the sentence that says what is missing."""
    if sys.platform != "linux":
        return None, "Walls around a program need Linux."
    if not seccomp.offered():
        return None, f"This kernel or machine ({platform.release()}, {platform.machine()}) takes no seccomp filter."
    if not hasattr(os, "pidfd_open"):
        return None, "This Python was built for a kernel without pidfd_open (Linux 5.3)."
    place = readable.exposed(private) if private else None
    if place is not None:
        return None, f"The data folder {private} lies inside {place}, which every program may read. Move it elsewhere."
    version = landlock.abi() if wall == "auto" else 0
    if version == 0:
        return Walls(rules=None, landlock_abi=0, reads_as_root=False), ""
    low = landlock.ruleset(readable.places(), version)
    rules = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR)
    os.close(low)
    return Walls(rules=rules, landlock_abi=version, reads_as_root=readable.right_to_keep()), ""


def _offer_to_oom_killer() -> None:
    """A machine out of memory should take a run, never the server or a person's editor."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


if __name__ == "__main__":
    main(sys.argv[1:])
