"""A server of our own on a free port, and the floor process beside it: latency and memory."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from .warm import EXAMPLE

START_S = 60


@contextmanager
def server() -> Iterator[tuple[httpx.Client, int, int]]:
    """A client of a server that is ready, and the process ids of its web process and its agent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "GRADWALK_PORT": str(port), "GRADWALK_DATA_DIR": data}
        environment |= dict.fromkeys(("GRADWALK_CLIENT_STREAMS", "GRADWALK_CLIENT_CONNECTIONS"), "0")
        process = subprocess.Popen([sys.executable, "-m", "app"], env=environment, stdout=subprocess.DEVNULL)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=START_S) as client:
                _wait_until_ready(client)
                yield client, _part(process.pid, "app.serve"), _part(process.pid, "app.agent")
        finally:
            process.terminate()
            process.wait(START_S)


def _part(supervisor: int, module: str) -> int:
    """The process id of one of a server's two parts."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children(supervisor)}
    return next(pid for pid, command in commands.items() if module in command)


def _wait_until_ready(client: httpx.Client) -> None:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends:
        try:
            if client.get("/healthz").json()["state"] == "ready":
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"the server was not ready within {START_S} s")


def latencies(client: httpx.Client, count: int) -> tuple[list[float], list[float]]:
    """Wall milliseconds of `count` expressions posted and of as many bare forks, taken in turn."""
    floor = subprocess.Popen(
        [sys.executable, "-m", "bench.warm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert floor.stdin is not None
    assert floor.stdout is not None
    floor.stdout.readline()
    ours, bare = [], []
    for _ in range(count):
        started = time.perf_counter()
        answer = client.post("/api/expressions", json={"source": EXAMPLE})
        ours.append((time.perf_counter() - started) * 1000)
        assert answer.json()["outcome"] == "ok"
        print("run", file=floor.stdin, flush=True)
        bare.append(float(floor.stdout.readline()))
    floor.stdin.close()
    floor.wait()
    return ours, bare


def resident_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return _kib(Path(f"/proc/{pid}/status"), "VmRSS") * 1024


def holds_torch(pid: int) -> bool:
    """Whether the process has torch's library mapped."""
    return "libtorch" in Path(f"/proc/{pid}/maps").read_text()


def private_bytes_of_a_run(client: httpx.Client, agent: int) -> int | None:
    """Private memory of a child that has run the example and reported it; None where it cannot be read."""
    source = EXAMPLE + "import time\ntime.sleep(60)\n"
    run = client.post("/api/runs", json={"source": source, "preset": "training"}).json()
    try:
        ends = time.monotonic() + START_S
        while time.monotonic() < ends:
            events = client.get(f"/api/runs/{run['id']}").json()
            going = [child for zygote in children(agent) for child in children(zygote)]
            if events["started_at"] and going:
                time.sleep(1)
                return _private(going[0])
            time.sleep(0.05)
        return None
    finally:
        client.post(f"/api/runs/{run['id']}/stop")


def _private(pid: int) -> int | None:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        return (_kib(rollup, "Private_Clean") + _kib(rollup, "Private_Dirty")) * 1024
    except PermissionError:
        return None


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _kib(path: Path, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
