"""A crowd at the door, as it really comes: people who type, people who train, people who watch.

Open-loop: expressions come at their own times whether earlier ones were answered or not, so a server that falls behind
shows it. Source: Schroeder et al., "Open versus closed: a cautionary tale", NSDI 2006.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

PATIENCE_MS = 300.0
"""What nine in ten answers and a half more must keep to."""
SECONDS = 8.0
RATES = (5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
EXAMPLES = Path(__file__).parents[1] / "static" / "examples"
TRAINING = """
import time
w = torch.zeros(1, requires_grad=True)
for step in range(100_000):
    loss = ((w - 3) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad.zero_()
    time.sleep(0.02)
"""


@dataclass(frozen=True)
class Served:
    """What became of expressions that came at `rate` a second: milliseconds of the answered, and how many were not."""

    rate: float
    took_ms: Sequence[float]
    refused: int

    @property
    def p95_ms(self) -> float:
        """What 95 of 100 stay under."""
        return statistics.quantiles(self.took_ms, n=20)[-1] if len(self.took_ms) > 1 else float("inf")

    @property
    def kept(self) -> bool:
        """Whether all were answered, and in time."""
        return not self.refused and self.p95_ms < PATIENCE_MS


def typed() -> list[str]:
    """What reaches the server while somebody types the first examples: each whole line more, errors among them."""
    sources: list[str] = []
    for path in sorted(EXAMPLES.glob("*.py"))[:6]:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        sources += ["".join(lines[:end]) for end in range(2, len(lines) + 1)]
    return sources


async def come(client: httpx.AsyncClient, rate: float, seconds: float = SECONDS) -> Served:
    """Expressions at random times, `rate` a second."""
    dice, sources = random.Random(0), typed()
    took: list[float] = []
    refused = 0

    async def one(source: str) -> None:
        nonlocal refused
        began = time.perf_counter()
        answer = await client.post("/api/expressions", json={"source": source})
        took.append((time.perf_counter() - began) * 1000)
        refused += answer.status_code != 200

    begun = time.perf_counter()
    due = 0.0
    async with asyncio.TaskGroup() as group:
        while due < seconds:
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
            group.create_task(one(dice.choice(sources)))
    return Served(rate, took, refused)


async def _crowd(base: str, watchers: int) -> list[Served]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        runs = [(await client.post("/api/runs", json={"source": TRAINING})).json() for _ in range(2)]
        watching = [asyncio.create_task(_watch(client, runs[place % 2]["events"])) for place in range(watchers)]
        served: list[Served] = []
        try:
            for rate in RATES:
                served.append(await come(client, rate))
                if not served[-1].kept:
                    break
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            for run in runs:
                await client.post(f"{run['url']}/stop")
        return served


async def _watch(client: httpx.AsyncClient, path: str) -> None:
    async with client.stream("GET", path) as answer:
        async for _ in answer.aiter_raw():
            pass


def crowd(base: str, watchers: int = 20) -> list[Served]:
    """How expressions are answered at each rate, up to the first at which they are not answered in time.

    Two trainings go on meanwhile, followed by so many watchers.
    """
    return asyncio.run(_crowd(base, watchers))


def idle_bytes(base: str, path: str, watchers: int, resident: Callable[[], int]) -> float:
    """What one more connection that follows a silent run takes in the web process, in bytes."""
    return asyncio.run(_idle(base, path, watchers, resident))


async def _idle(base: str, path: str, watchers: int, resident: Callable[[], int]) -> float:
    place = urlsplit(base)
    asked = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()

    async def follow() -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(asked)
        await reader.readuntil(b"event: started")
        return writer

    first = [await follow() for _ in range(50)]  # what the first ones make ready is not theirs
    before = resident()
    more = [await follow() for _ in range(watchers)]
    grown = resident() - before
    for writer in (*first, *more):
        writer.close()
    return grown / watchers
