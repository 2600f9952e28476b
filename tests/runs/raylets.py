"""A real Ray cluster on this machine: raylets that can be killed, and one in a network namespace that can be cut off.

Where this user may make namespaces the cluster has a network of its own, which nobody else can reach.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

# Before anything imports Ray, which reads it then and never again.
os.environ["RAY_AUTH_MODE"] = "token"

_NUMBER = os.getpid() % 2**14
HERE, THERE = (f"10.213.{_NUMBER // 64}.{_NUMBER % 64 * 4 + host}" for host in (1, 2))
"""Other addresses for each process of tests."""
NAMESPACE = f"gradwalk-{os.getpid()}"
LINKS = f"gw{os.getpid() % 100_000}a", f"gw{os.getpid() % 100_000}b"
SMALLEST_STORE = 80 * 2**20
CPUS, MEMORY = 12, 32 * 2**30
"""What each machine tells Ray that it has."""


def unavailable(why: str) -> None:
    """Skips, or fails where GRADWALK_REQUIRE_RAY says that there must be a cluster."""
    if os.environ.get("GRADWALK_REQUIRE_RAY") == "1":
        pytest.fail(why)
    pytest.skip(why)


class Raylet:
    """One machine of the cluster: `ray start --block` and what it started."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    @property
    def pid(self) -> int | None:
        """The raylet itself."""
        return next((pid for pid in descendants(self.process.pid) if _name(pid) == "raylet"), None)

    def kill(self) -> None:
        """Kills the raylet as nothing else does."""
        pid = self.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """Ends all of it."""
        family = [self.process.pid, *descendants(self.process.pid)]
        for pid in reversed(family):
            _kill(pid)
        self.process.wait(30)


class Raylets:
    """A cluster. `address` is its head's; `apart` says whether it has a network of its own."""

    def __init__(self, folder: Path, apart: bool) -> None:
        self.apart = apart
        self.folder = folder
        self._here = HERE if apart else _own_address()
        self.token = folder / "token"
        self.token.write_text(secrets.token_hex(32))
        self.environ = {
            "RAY_AUTH_TOKEN_PATH": str(self.token),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_prestart_worker_first_driver": "0",
        }
        """What each machine, and each server that joins them, needs in its environment beside RAY_AUTH_MODE."""
        self.machines: list[Raylet] = []
        self.second: Raylet | None = None
        with socket.socket() as probe:
            probe.bind((self._here, 0))
            self.address = f"{self._here}:{probe.getsockname()[1]}"

    def head(self, cpus: int = CPUS) -> Raylet:
        """Starts the head."""
        port = self.address.rpartition(":")[2]
        told = ["--head", f"--port={port}", f"--node-ip-address={self._here}", "--include-dashboard=false"]
        return self._start([*told, f"--temp-dir={self.folder}"], cpus)

    def add(self, cpus: int = CPUS, *, far: bool = False, environ: Mapping[str, str] | None = None) -> Raylet:
        """Starts another machine; a far one is in a network namespace of its own."""
        told = [f"--address={self.address}", f"--node-ip-address={THERE if far else self._here}"]
        return self._start(told, cpus, ["ip", "netns", "exec", NAMESPACE] if far else [], environ or {})

    def cut(self) -> None:
        """Takes the far machine off the network."""
        subprocess.run(["ip", "link", "set", LINKS[0], "down"], check=True)

    def mend(self) -> None:
        """Puts the far machine on the network again."""
        subprocess.run(["ip", "link", "set", LINKS[0], "up"], check=True)

    def close(self) -> None:
        """Ends all machines."""
        for raylet in reversed(self.machines):
            raylet.close()

    def _start(
        self, told: list[str], cpus: int, before: list[str] | None = None, environ: Mapping[str, str] | None = None
    ) -> Raylet:
        ray = str(Path(sys.executable).with_name("ray"))
        sizes = [f"--num-cpus={cpus}", f"--memory={MEMORY}", f"--object-store-memory={SMALLEST_STORE}"]
        process = subprocess.Popen(
            [*(before or []), ray, "start", "--block", "--disable-usage-stats", *told, *sizes],
            env={**os.environ, **self.environ, **(environ or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.machines.append(Raylet(process))
        return self.machines[-1]


@contextmanager
def raylets() -> Iterator[Raylets]:
    """A cluster without machines yet; whatever is left of it at the end is killed."""
    if find_spec("ray") is None:
        unavailable("Ray is not installed here: pip install -c constraints.txt -e .[test,ray]")
    folder = Path(tempfile.mkdtemp(prefix="gw-ray-"))
    apart = _network()
    cluster = Raylets(folder, apart)
    try:
        yield cluster
    finally:
        cluster.close()
        if apart:
            subprocess.run(["ip", "netns", "delete", NAMESPACE], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def _network() -> bool:
    """Makes a namespace and a cable to it; False where this user may not."""
    here, there = LINKS
    commands = (
        f"ip netns add {NAMESPACE}",
        f"ip link add {here} type veth peer name {there} netns {NAMESPACE}",
        f"ip addr add {HERE}/30 dev {here}",
        f"ip link set {here} up",
        f"ip -n {NAMESPACE} addr add {THERE}/30 dev {there}",
        f"ip -n {NAMESPACE} link set {there} up",
        f"ip -n {NAMESPACE} link set lo up",
    )
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    return all(subprocess.run(command.split(), capture_output=True).returncode == 0 for command in commands)


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def descendants(pid: int) -> list[int]:
    """The processes under this one, the nearest first."""
    found = [pid]
    for each in found:
        found += _children(each)
    return found[1:]


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
