"""`python -m bench.predicting`: the simulator held against what really happens on a cluster of two machines.

The same learners come to a real server, whose programs Ray places, and to a simulated one.

What programs and the server take is recorded first, one at a time; then expressions come at random times, as fast as
the bench's crowd, and what the simulator says of the same site is put beside.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence

import httpx

from tests.runs.raylets import raylets

from . import serving
from .crowd import Served, come
from .mixing import record
from .row import Row
from .simulator import Crowd, Mix, Site, simulate

MACHINES = 2
RATES = (4.0, 8.0, 12.0)
SECONDS = 10.0
WITHIN = 2.0
"""A prediction may be this many times what was measured, or that part of it: a machine that is
simulated alone is shared by its callers here."""


def rows(client: httpx.Client, front: Sequence[int], nodes: int) -> Iterator[Row]:
    """The median and the 95th percentile of answers, predicted and measured; `front` are the server's processes."""
    mix = record(client, front)
    site = Site(nodes, max(1, (os.cpu_count() or 1) // nodes), fronts=1)
    for rate in RATES:
        served = asyncio.run(_come(str(client.base_url), rate))
        yield _row(mix, site, served)


def _row(mix: Mix, site: Site, served: Served) -> Row:
    told = simulate(mix, site, Crowd(60, expressions=served.rate, trainings=0.0), arrivals=5_000)
    measured = statistics.median(served.took_ms), served.p95_ms
    predicted = told.answered(50), told.answered(95)
    figure = f"{predicted[0]:.0f}, {predicted[1]:.0f} ms; were {measured[0]:.0f}, {measured[1]:.0f} ms"
    ratios = [one / other for one, other in zip(predicted, measured, strict=True)]
    passed = not served.refused and all(1 / WITHIN <= ratio <= WITHIN for ratio in ratios)
    return Row(f"predicted p50, p95 at {served.rate:.0f} expressions a second", figure, f"within {WITHIN:g}x", passed)


async def _come(base: str, rate: float) -> Served:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        await client.get("/healthz")  # the first call loads half of the client
        return await come(client, rate, SECONDS)


def main() -> int:
    """The exit status: 0 where every prediction held."""
    cores = os.cpu_count() or 1
    missed = 0
    with raylets() as cluster:
        cluster.head(cpus=0)
        cluster.add(cpus=max(1, cores // MACHINES))
        os.environ.update({**cluster.environ, "GRADWALK_RUNNER": f"ray://{cluster.address}"})
        with serving.server() as (client, web, agent):
            for number in range(2, MACHINES + 1):  # two that start at once take each other's ports
                cluster.add(cpus=max(1, cores // MACHINES))
                _wait_for(client, number)
            for row in rows(client, [web, agent], MACHINES):
                missed += row.passed is False
                print(f"{row.what:<52} {row.figure:<44} {row.bar:<10} {'ok' if row.passed else 'MISSED'}", flush=True)
    print(f"load average {os.getloadavg()[0]:.2f}, {cores} cores")
    return 1 if missed else 0


def _wait_for(client: httpx.Client, machines: int) -> None:
    """Until so many machines run programs, and each has run some."""
    while f"{machines} of {machines} machines" not in client.get("/healthz").json()["detail"]:
        time.sleep(0.2)
    for _ in range(10 * machines):
        client.post("/api/expressions", json={"source": "x = torch.ones(1)"})


if __name__ == "__main__":
    sys.exit(main())
