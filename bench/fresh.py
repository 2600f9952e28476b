"""Measurements in fresh processes: each starts cold, has its own limits, and leaves without tearing anything down."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.draw.layout import find_engine

PEER_S = 60
PEER_BYTES = 4 * 2**30
STACK_BYTES = 2**30


@dataclass(frozen=True)
class Gone:
    """A measurement that gave no figure: `timeout`, `out of memory`, or the name of what was raised."""

    why: str


def measured(name: str, *arguments: str, within: str = "bench.inside", limit_s: float = PEER_S) -> Any:
    """What `python -m bench.inside NAME ARGUMENTS` printed as JSON, or Gone. `within` is another such module.

    Past the limit the process is gone with all that it started.
    """
    command = [sys.executable, "-m", within, name, *arguments]
    quiet = {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "TOKENIZERS_PARALLELISM": "false"}
    environment = {**os.environ, **quiet, "PATH": _path()}
    with subprocess.Popen(
        command,
        env=environment,
        preexec_fn=_limit,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            printed, complained = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Gone("timeout")
    lines = printed.decode().splitlines()
    if process.returncode == 0 and lines:
        return json.loads(lines[-1])
    complaint = complained.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {process.returncode}"]
    memory = any(words in complaint[0] for words in ("MemoryError", "allocate memory", "bad_alloc"))
    return Gone("out of memory" if memory else complaint[0].partition(":")[0])


def drawer() -> str:
    """What `dot` is for the peers, in words."""
    return shutil.which("dot") or "graphviz-pure in the place of dot, which is not installed"


@cache
def _path() -> str:
    """PATH with a `dot` on it: where none is installed the engine from our wheel, which needs less time than it."""
    path = os.environ.get("PATH", os.defpath)
    engine = find_engine()
    if shutil.which("dot") is not None or engine is None:
        return path
    folder = _links.name
    (Path(folder) / "dot").symlink_to(engine.program)
    return os.pathsep.join([folder, path])


_links = tempfile.TemporaryDirectory(prefix="gradwalk-bench-")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PEER_BYTES, PEER_BYTES))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES if hard < 0 else min(STACK_BYTES, hard), hard))
