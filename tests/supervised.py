"""A whole server as a person starts it, with its processes in reach."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).parents[1]
Found = TypeVar("Found")


class Server:
    """`python -m app` and the address it printed."""

    def __init__(self, process: subprocess.Popen[str], address: str, data_dir: Path) -> None:
        self.process = process
        self.data_dir = data_dir
        self.client = httpx.Client(base_url=address, timeout=30)

    def pid(self, name: str) -> int | None:
        """The process id of its agent or its web process (`serve`)."""
        return next(iter(self.pids(name)), None)

    def kill(self, name: str) -> int:
        """Kills one of its processes as nothing else does; gives its id."""
        pid = wait_for(lambda: self.pid(name))
        os.kill(pid, signal.SIGKILL)
        return pid

    def start(self, source: str, **more: Any) -> str:
        """A run's id."""
        answer = self.client.post("/api/runs", json={"source": source, "preset": "training", **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def stop(self, run: str) -> None:
        """Has a run end, over a connection of its own: the process behind the last one may be gone."""
        assert httpx.post(self.client.base_url.join(f"/api/runs/{run}/stop"), timeout=30).status_code == 202

    def record(self, run: str) -> dict[str, Any]:
        return dict(self.client.get(f"/api/runs/{run}").json())

    def ready(self) -> bool:
        try:
            return bool(self.client.get("/healthz").json()["state"] == "ready")
        except httpx.TransportError:
            return False

    def pids(self, name: str) -> list[int]:
        """The process ids of all its agents or web processes."""
        wanted, place = ["-m", f"app.{name}"], f"GRADWALK_DATA_DIR={self.data_dir}"
        folders = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        return [int(each.name) for each in folders if _command(each)[1:3] == wanted and place in _environ(each)]


@contextmanager
def serving(data_dir: Path | None = None, **environ: str) -> Iterator[Server]:
    """A server on a free port; whatever is left of it at the end is killed."""
    with tempfile.TemporaryDirectory(prefix="gradwalk-") as made:
        folder = data_dir or Path(made)
        told = {**os.environ, "GRADWALK_PORT": "0", "GRADWALK_DATA_DIR": str(folder), **environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "app"], cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        server = None
        try:
            line = next(line for line in process.stdout if line.startswith("Gradwalk is at "))
            server = Server(process, line.removeprefix("Gradwalk is at ").strip(), folder)
            yield server
        finally:
            if server is not None:
                server.client.close()
            process.terminate()
            process.communicate(timeout=30)
            left = [pid for name in ("serve", "agent") for pid in server.pids(name)] if server is not None else []
            for pid in left:
                os.kill(pid, signal.SIGKILL)


def wait_for(look: Callable[[], Found | None], within_s: float = 60.0) -> Found:
    """What `look` gives once it gives something true."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise TimeoutError(f"{look} gave nothing within {within_s} s")


def _command(folder: Path) -> list[str]:
    try:
        return (folder / "cmdline").read_text().split("\0")
    except OSError:
        return []


def _environ(folder: Path) -> list[str]:
    try:
        return (folder / "environ").read_text().split("\0")
    except OSError:
        return []
