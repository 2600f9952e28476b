"""`python -m bench.mixing`: records what programs take on this machine, for the simulator, from a server of its own.

One program at a time on an idle machine: what an expression works on a node, and in front of it, is told apart by the
run's own wall time, by the CPU time of the server's processes, and by what the caller waited.
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from . import serving
from .crowd import EXAMPLES, typed
from .simulator import Mix

TRAININGS = "1[3-8]_*.py"
ROUNDS = 3
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def record(client: httpx.Client, front: Sequence[int]) -> Mix:
    """The mix, as that server answers; `front` are its processes that no program runs in."""
    sources = typed()
    client.post("/api/expressions", json={"source": sources[0]})
    walls, waits = [], []
    before, all_before = cpu_s(front), machine_s()
    for source in sources * ROUNDS:
        began = time.perf_counter()
        answer = client.post("/api/expressions", json={"source": source}).json()
        waits.append((time.perf_counter() - began) * 1000)
        walls.append(answer["wall_ms"])
    front_ms = (cpu_s(front) - before) / len(walls) * 1000
    worked_ms = (machine_s() - all_before) / len(walls) * 1000
    after_ms = worked_ms - front_ms - statistics.fmean(walls)
    away_ms = statistics.median(waits) - statistics.median(walls) - front_ms
    rounded = tuple(round(wall, 1) for wall in walls)
    trainings = tuple(_training_s(client, path) for path in sorted(EXAMPLES.glob(TRAININGS)))
    rest = [round(max(each, 0.0), 2) for each in (front_ms, after_ms, away_ms)]
    return Mix(rounded, trainings, *rest)


def _training_s(client: httpx.Client, path: Path) -> float:
    run = client.post("/api/runs", json={"source": path.read_text("utf-8"), "preset": "training"}).json()
    with client.stream("GET", run["events"]) as told:
        told.read()
    wall_ms: float = client.get(run["url"]).json()["wall_ms"]
    return round(wall_ms / 1000, 2)


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds of these processes so far, without their children's."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum((int(each[11]) + int(each[12])) * TICK_S for each in fields)


def machine_s() -> float:
    """CPU seconds of all that this machine does, whoever's."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    return sum(int(fields[place]) for place in (0, 1, 2, 5, 6)) * TICK_S


def main() -> int:
    """Writes the mix beside this file."""
    with serving.server() as (client, web, agent):
        mix = record(client, [web, agent])
    mix.keep()
    print(f"an expression {statistics.fmean(mix.expression_ms):.1f} ms, {mix.after_ms} ms after its answer, ", end="")
    print(f"{mix.front_ms} ms at the server; a training {statistics.fmean(mix.training_s):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
