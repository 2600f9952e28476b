"""The simulator held against what really happens: the same learners, at a real server and at a simulated one.

What programs and the server take is recorded first, one at a time; then expressions come at random times, as fast as
the bench's crowd, and what the simulator says of the same site is put beside.
"""

import asyncio
import os
import statistics
from collections.abc import Iterator, Sequence

import httpx

from .crowd import Served, come
from .mixing import record
from .row import Row
from .simulator import Crowd, Mix, Site, simulate

RATES = (4.0, 8.0, 12.0)
SECONDS = 15.0
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
