"""The machines of a Ray cluster, found and lost: connects, looks for them every second, keeps one actor on each.

Knows nothing of runs.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from .edition import edition
from .node import Node, health_of
from .runner import Health
from .threads import Value, apart

LOOK_S = 1.0
LOOK_PATIENCE_S = 5.0
AGAIN_S = 3.0
"""The pause before the next try to connect, or to reach a machine that was lost."""
CONNECT_S = 60.0
END_S = 3.0
LEAST_CPUS = 1.0
"""A machine with fewer processors for Ray runs no programs, such as the server's own (ray start --num-cpus 0)."""
NAMESPACE = "gradwalk"
FAILURES = (RayError, OSError, RuntimeError, ValueError, TimeoutError)
"""What Ray raises where the cluster can't be reached."""
TIERS = ("A", "B", "none", None)
"""The strongest walls first."""

BEAT_S = 1.0
SILENT_S = 6.0
"""A machine that has not answered for so long is lost."""
BEGIN_S = 60.0
"""What a machine's process gets to start in."""
MOST_CALLS = 10_000
WAITING = Health(state="starting", detail="The machine was found and is getting ready.")


class Machine:
    """One machine. `server` is what this server calls itself there; `lost` is done once nothing is heard any more."""

    def __init__(self, id: str, address: str, resources: Mapping[str, float]) -> None:
        self.id = id
        self.address = address
        self.cpus = resources.get("CPU", 0.0)
        self.memory = resources.get("memory", 0.0)
        self.server = secrets.token_hex(8)
        self.health = WAITING
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.actor: Any = None

    def reach(self, wanted: str) -> None:
        """Meets the machine's actor, or has it started; waits for Ray, so not for the event loop. Raises: RayError."""
        options = {
            "name": f"{wanted}-{self.id}",
            "get_if_exists": True,
            "lifetime": "detached",
            "num_cpus": 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "max_concurrency": MOST_CALLS,
            "scheduling_strategy": NodeAffinitySchedulingStrategy(self.id, soft=False),
        }
        self.actor = ray.remote(Node).options(**options).remote(wanted)

    async def keep(self, changed: Callable[[], None]) -> None:
        """Beats until the machine no longer answers; `changed` is called whenever its health did."""
        patience = BEGIN_S
        with contextlib.suppress(TimeoutError, RayError, OSError, ValueError):
            while True:
                async with asyncio.timeout(patience):
                    health = health_of(await self.actor.beat.remote(self.server))
                patience = SILENT_S
                if health != self.health:
                    self.health = health
                    changed()
                await asyncio.sleep(BEAT_S)

    def lose(self) -> None:
        """Says that it is lost."""
        if not self.lost.done():
            self.lost.set_result(None)


class Cluster:
    """The machines of the cluster at `address`, which is host:port of its head.

    Whenever a machine gets ready or is lost `changed` is called, and `news` is done and another one taken.
    """

    def __init__(self, address: str, changed: Callable[[], None], wanted: str | None = None) -> None:
        self._address = address
        self._wanted = wanted or edition()
        self._changed = changed
        self._machines: dict[str, Machine] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._lost_at: dict[str, float] = {}
        self._state = JOINING
        self._joined = False
        self.news: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Begins to connect in the background."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="cluster")

    async def close(self) -> None:
        """Leaves the cluster; its machines end what is still theirs to run."""
        tasks = [*self._keeping, *([self._looking] if self._looking is not None else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=END_S)
        if self._joined:
            with contextlib.suppress(*FAILURES):
                await _within(END_S, apart(ray.shutdown))

    def ready(self) -> dict[str, Machine]:
        """The machines that run programs now, by id."""
        return {id: each for id, each in self._machines.items() if each.health.state == "ready"}

    def health(self) -> Health:
        """The cluster's state: ready where one machine is, with the weakest walls of those that are."""
        ready = list(self.ready().values())
        every = [each.health for each in self._machines.values()]
        if ready and self._state != SILENT:
            weakest = max((each.health for each in ready), key=lambda health: TIERS.index(health.tier))
            others = "".join(f" {each.address}: {each.health.detail}" for each in self._refusing())
            told = f"{len(ready)} of {len(every)} machines of the cluster run programs.{others}"
            return replace(weakest, detail=f"{weakest.detail} {told}")
        if every and len(self._refusing()) == len(every) and self._state != SILENT:
            return replace(every[0], detail=f"No machine of the cluster runs programs. {every[0].detail}")
        return Health(state="starting", detail=self._state.format(address=self._address))

    def _refusing(self) -> list[Machine]:
        return [each for each in self._machines.values() if each.health.state == "refusing"]

    async def _look(self) -> None:
        """Connects, then looks for machines, for ever."""
        while True:
            try:
                await _within(CONNECT_S, apart(self._connect))
                _take_back(signal.SIGTERM)
                while True:
                    await self._find(await _within(LOOK_PATIENCE_S, apart(ray.nodes)))
                    self._state = WARMING
                    await asyncio.sleep(LOOK_S)
            except FAILURES as error:
                state = TOKENLESS if isinstance(error, Tokenless) else SILENT
                if self._state != state:
                    logging.getLogger(__name__).warning("the cluster can't be joined: %s", error)
                self._state = state
            await asyncio.sleep(AGAIN_S)

    def _connect(self) -> None:
        """Joins the cluster, never starting one. Raises: one of FAILURES."""
        _check_token(os.environ)
        os.environ.setdefault("RAY_IGNORE_UNHANDLED_ERRORS", "1")  # a run's stream that nobody reads any more
        _hush()
        if not ray.is_initialized():
            ray.init(self._address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.CRITICAL)
            self._joined = True

    async def _find(self, nodes: list[dict[str, Any]]) -> None:
        """Meets the machines that are new, and loses those that Ray says are gone."""
        alive = {node["NodeID"]: node for node in nodes if node["Alive"]}
        for id, machine in self._machines.items():
            if id not in alive:
                machine.lose()
        for id, node in alive.items():
            recently = time.monotonic() - self._lost_at.get(id, -AGAIN_S) < AGAIN_S
            if id not in self._machines and not recently and node["Resources"].get("CPU", 0) >= LEAST_CPUS:
                machine = self._machines[id] = Machine(id, node["NodeManagerAddress"], node["Resources"])
                task = asyncio.create_task(self._keep(machine), name=f"machine {machine.address}")
                self._keeping.add(task)
                task.add_done_callback(self._keeping.discard)

    async def _keep(self, machine: Machine) -> None:
        """One machine from when it is found until it is lost."""
        try:
            with contextlib.suppress(*FAILURES):
                await _within(BEGIN_S, apart(lambda: machine.reach(self._wanted)))
                await machine.keep(self._note)
        finally:
            machine.lose()
            del self._machines[machine.id]
            self._lost_at[machine.id] = time.monotonic()
            self._note()

    def _note(self) -> None:
        news, self.news = self.news, asyncio.get_running_loop().create_future()
        news.set_result(None)
        self._changed()


class Tokenless(RuntimeError):
    """Ray was told to use a token, and there is none; where it finds out itself it ends the process."""


def _check_token(environ: Mapping[str, str]) -> None:
    """Raises: Tokenless."""
    path = Path(environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
    if environ.get("RAY_AUTH_MODE") == "token" and not environ.get("RAY_AUTH_TOKEN") and not path.is_file():
        raise Tokenless("RAY_AUTH_MODE=token, and there is no token")


def _hush() -> None:
    """Has what Ray tells of its processes logged, not printed: of one that was killed that is forty lines."""
    said = logging.getLogger(__name__).info
    ray._private.worker.print_to_stdstream = lambda data, **_: said("Ray: %s", data["lines"])


def _take_back(number: signal.Signals) -> None:
    """Gives a signal back to whoever had it here: Ray's own handler would print a stack and end the process."""
    handler = signal.getsignal(number)
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(number, handler)


async def _within(seconds: float, waiting: Awaitable[Value]) -> Value:
    """What comes in time. Raises: TimeoutError."""
    async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow a cancellation
        return await waiting


JOINING = "The cluster at {address} is being joined; runs wait until that is done."
WARMING = "The machines of the cluster at {address} are getting ready; runs wait until one is."
TOKENLESS = (
    "The cluster at {address} can't be joined: RAY_AUTH_MODE=token asks for a token, and there is none. Put it into "
    "RAY_AUTH_TOKEN or ~/.ray/auth_token, the same for every machine, and restart the server."
)
SILENT = (
    "The cluster at {address} does not answer, and is asked again by itself. Runs wait. Start its head (ray start "
    "--head), or name another one in GRADWALK_RUNNER."
)
