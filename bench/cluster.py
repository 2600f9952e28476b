"""`make bench-cluster`: what running on a cluster costs against one machine. Exits 1 where a promise is missed.

A real cluster on this machine: a head that runs nothing, and one machine or two. What is compared is measured in turn,
in one process that is the server's part (the driver), so that what else the machine does strikes both.
"""

import asyncio
import os
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from app.events import EXPRESSION, Preset, RunRequest
from app.runs.local import LocalRunner
from app.runs.runner import Runner
from tests.runs.play import new_id, until
from tests.runs.raylets import CPUS, Raylet, Raylets, descendants, raylets

from .row import Row
from .warm import EXAMPLE

PAIRS, GAP_S = 80, 0.05
MOST_ADDED_MS = 15.0
FLOODS, LEAST_PART = 5, 0.5
BLOCKS, EXPRESSIONS, AT_ONCE, MOST_FACTOR = 8, 40, 2, 1.1
SETTLING_S, SETTLED = 2.0, 0.05
"""A machine whose agent and zygote take so little of a processor for so long has nothing left to make ready."""
TICKS = os.sysconf("SC_CLK_TCK")
EVENT = b'{"type":"scalars","tag":"loss","origin":"log","step":[1],"value":[1.0],"wall_ms":[1.0],"total":null}\n'
FLOOD = f"import os\nfor _ in range(18_000): os.write(3, {EVENT!r})\n"


@dataclass(frozen=True)
class Spent:
    """Processor seconds of one expression: in the server's part, in agents and children on the machines, in Ray."""

    driver: float
    machines: float
    ray: float

    @property
    def ours(self) -> float:
        """What a machine more should not change."""
        return self.driver + self.machines


def main() -> int:
    """The exit status: 0 where every promise was kept."""
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    begun = time.monotonic()
    with raylets() as cluster:
        os.environ.update(cluster.environ)
        missed = asyncio.run(_measured(cluster))
    print(f"\n{missed} missed in {time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.2f}")
    return 1 if missed else 0


async def _measured(cluster: Raylets) -> int:
    missed = 0
    async for row in _rows(cluster):
        verdict = {True: "ok", False: "MISSED", None: ""}[row.passed]
        print(f"{row.what:<52} {row.figure:<52} {row.bar:<10} {verdict}", flush=True)
        missed += row.passed is False
    return missed


async def _rows(cluster: Raylets) -> AsyncIterator[Row]:
    from app.runs.ray import RayRunner

    cluster.head(cpus=0)
    first = cluster.add()
    here, there = LocalRunner(), RayRunner(cluster.address)
    await here.start()
    await there.start()
    await _of_machines(there, cluster, [first])
    try:
        yield await _added(here, there)
        yield await _flooded(here, there)
        known = _ids()
        second = cluster.add()
        await _of_machines(there, cluster, [first, second])
        for row in _judged(*await _compared(there, cluster, first, second, _ids() - known)):
            yield row
    finally:
        await there.close()
        await here.close()


async def _of_machines(runner: Runner, cluster: Raylets, machines: Sequence[Raylet]) -> None:
    """Waits until just these machines run programs, and have done what they put off until they had time."""
    count = len(machines)
    await until(lambda: f"{count} of {count} machines" in runner.health().detail, within_s=120)
    for _ in range(6 * count):
        await _express(runner)
    busy = True
    while busy:
        before = _now(cluster, machines)[1]
        await asyncio.sleep(SETTLING_S)
        busy = _now(cluster, machines)[1] - before > SETTLED * SETTLING_S


async def _express(runner: Runner) -> float:
    """Wall milliseconds of one expression."""
    started = time.perf_counter()
    asked = RunRequest(source=EXAMPLE, preset=Preset.EXPRESSION, limits=EXPRESSION)
    kinds = [kind async for kind, _ in runner.run(new_id(), asked)]
    assert "exception" not in kinds
    return (time.perf_counter() - started) * 1000


async def _added(here: Runner, there: Runner) -> Row:
    """How much later an expression is answered over the cluster."""
    pairs: list[tuple[float, float]] = []
    for _ in range(PAIRS):
        local = await _express(here)
        await asyncio.sleep(GAP_S)
        pairs.append((local, await _express(there)))
        await asyncio.sleep(GAP_S)
    local, over = (statistics.median(column) for column in zip(*pairs, strict=True))
    added = over - local
    figure = f"{added:.1f} ms ({over:.1f} over Ray, {local:.1f} on one machine)"
    return Row("an expression is answered later by, median", figure, f"< {MOST_ADDED_MS:g} ms", added < MOST_ADDED_MS)


async def _flooded(here: Runner, there: Runner) -> Row:
    """How many events a second one run can tell."""
    rates: list[tuple[float, float]] = [(await _flood(here), await _flood(there)) for _ in range(FLOODS)]
    local, over = (statistics.median(column) for column in zip(*rates, strict=True))
    figure = f"{over / local:.2f}x ({over:,.0f} over Ray, {local:,.0f} on one machine)"
    return Row("events of one run a second, over Ray / here", figure, f">= {LEAST_PART:g}x", over >= LEAST_PART * local)


async def _flood(runner: Runner) -> float:
    asked = RunRequest(source=FLOOD, preset=Preset.EXPRESSION, limits=EXPRESSION)
    count, started = 0, time.perf_counter()
    async for _ in runner.run(new_id(), asked):
        started = started if count else time.perf_counter()
        count += 1
    return count / (time.perf_counter() - started)


async def _compared(
    runner: Runner, cluster: Raylets, first: Raylet, second: Raylet, new: Collection[str]
) -> tuple[Spent, Spent]:
    """What an expression costs with one machine and with two, in turn: the second has no room left in between."""
    from app.runs.lease import Lease

    alone, both = [], []
    for _ in range(BLOCKS):
        both.append(await _spent(runner, cluster, [first, second]))
        filling = Lease({"CPU": CPUS}, list(new))
        await filling.placed()
        alone.append(await _spent(runner, cluster, [first]))
        filling.give_up()
    return _middle(alone), _middle(both)


def _middle(found: Sequence[Spent]) -> Spent:
    return Spent(*(statistics.median(column) for column in zip(*(astuple(each) for each in found), strict=True)))


def _ids() -> set[str]:
    """The machines of the cluster, as Ray calls them."""
    import ray

    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


async def _spent(runner: Runner, cluster: Raylets, machines: Sequence[Raylet]) -> Spent:
    """What an expression costs, of many that come a few at a time."""
    left = iter(range(EXPRESSIONS))

    async def type_on() -> None:
        for _ in left:
            await _express(runner)

    before = _now(cluster, machines)
    await asyncio.gather(*(type_on() for _ in range(AT_ONCE)))
    after = _now(cluster, machines)
    return Spent(*((late - early) / EXPRESSIONS for early, late in zip(before, after, strict=True)))


def _now(cluster: Raylets, machines: Sequence[Raylet]) -> tuple[float, float, float]:
    """Processor seconds up to now: of this process, of agents and children on the machines, of Ray's own processes."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    agents = [
        pid for each in machines for pid in descendants(each.process.pid) if _command(pid).startswith("ray::Node")
    ]
    ours = {pid for agent in agents for pid in (agent, *descendants(agent))}
    everything = {pid for each in cluster.machines for pid in descendants(each.process.pid)}
    return used.ru_utime + used.ru_stime, sum(map(_seconds, ours)), sum(map(_seconds, everything - ours))


def _seconds(pid: int) -> float:
    """A process's own time and that of its children which have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _judged(alone: Spent, both: Spent) -> list[Row]:
    """What two machines cost against one, and what that makes of more."""
    factor = both.ours / alone.ours
    figure = f"{factor:.2f}x ({both.ours * 1000:.1f} ms with two, {alone.ours * 1000:.1f} ms with one)"
    machine, driver = both.machines, both.driver
    cores = os.cpu_count() or 1
    each, most = cores / machine, 1 / driver
    return [
        Row("processor time of an expression, 2 machines / 1", figure, f"<= {MOST_FACTOR:g}x", factor <= MOST_FACTOR),
        Row("of that in the server (the driver)", f"{driver * 1000:.1f} ms", "", None),
        Row("of that in agents and children on the machines", f"{machine * 1000:.1f} ms", "", None),
        Row("beside it, in Ray's own processes", f"{both.ray * 1000:.1f} ms", "", None),
        Row(f"so a machine of {cores} cores answers", f"{each:.0f} a second", "", None),
        Row("and one server hands out", f"{most:.0f} a second", "", None),
        Row("n machines answer", f"n x {each:.0f} a second, up to {most / each:.1f} machines a server", "", None),
    ]


if __name__ == "__main__":
    sys.exit(main())
