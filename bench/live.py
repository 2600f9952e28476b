"""Watching: how long a step takes to reach its viewers, and a curve of a million points its first paint.

A program logs the machine's own monotonic clock, so that whoever receives a point can tell its age.
"""

import asyncio
import re
import statistics
import sys
import time
from urllib.parse import urlsplit

import httpx

from .chromium import new_page

WATCHED_S = 5.0
STEPS_PER_S = 10_000
SOURCE = f"""
import time
started = time.monotonic()
step = 0
while (now := time.monotonic()) - started < {WATCHED_S}:
    log(step, loss=now)
    step += 1
    if step % 20 == 0:
        time.sleep(max(0, started + step / {STEPS_PER_S} - time.monotonic()))
"""
MILLION = """
for step in range(1_000_000):
    log(step, loss=1 / (step + 1) + step % 7)
"""
VALUES = re.compile(rb'"value":\[([^,\]]+)(?:[^\]]*,([^,\]]+))?\]')
PAINTED = "() => document.querySelector('#curve .scatterlayer path') !== null"


def ages_ms(client: httpx.Client, viewers: int) -> list[float]:
    """The ages of points on arrival at each viewer, in milliseconds, while 10,000 steps are told each second."""
    run = client.post("/api/runs", json={"source": SOURCE}).json()["id"]
    return asyncio.run(_watch(str(client.base_url), f"/api/runs/{run}/events", viewers))


async def _watch(base: str, path: str, viewers: int) -> list[float]:
    told = await asyncio.gather(*[_view(base, path) for _ in range(viewers)])
    return [age for ages in told for age in ages]


async def _view(base: str, path: str) -> list[float]:
    """One viewer, as thin as can be: of each frame the ages of its oldest and newest point, if made since it came."""
    place = urlsplit(base)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    ages: list[float] = []
    kind = await reader.readline()
    joined = time.monotonic()
    while kind != b"event: finished":
        line = (await reader.readline()).rstrip()
        kind = line if line.startswith(b"event: ") else kind
        if line.startswith(b"data: ") and kind == b"event: scalars":
            now = time.monotonic()
            first, last = VALUES.search(line).groups()  # type: ignore[union-attr]  # every frame has values
            told = [float(first), float(last or first)]
            ages += [(now - made) * 1000 for made in told if made > joined]
    writer.close()
    return ages


def p95(figures: list[float]) -> float:
    """The figure that 95 of 100 stay under."""
    return statistics.quantiles(figures, n=20)[-1]


def million(client: httpx.Client) -> tuple[float, list[float]]:
    """Seconds until a curve of a million points is answered, and from the page's request to its first paint.

    Painted twice, the second time by a browser that has the chart's library; not at all without a browser.
    """
    run = client.post("/api/runs", json={"source": MILLION}).json()["id"]
    while client.get(f"/api/runs/{run}").json()["outcome"] is None:
        time.sleep(0.2)
    started = time.perf_counter()
    curve = client.get(f"/api/runs/{run}/scalars", params={"points": 2000}).json()
    answered_s = time.perf_counter() - started
    assert curve["total"] == 1_000_000
    return answered_s, _painted_s(f"{client.base_url}/runs/{run}")


def _painted_s(address: str) -> list[float]:
    """Seconds from the page's request for the curve to its first paint, twice, in Chromium where there is one."""
    asked: list[float] = []
    painted: list[float] = []
    with new_page() as page:
        if page is None:
            return []
        page.on("request", lambda request: asked.append(time.perf_counter()) if "/scalars" in request.url else None)
        for _ in range(2):
            asked.clear()
            page.goto(address)
            page.wait_for_function(PAINTED, timeout=60_000)
            painted.append(time.perf_counter() - asked[0])
    return painted


if __name__ == "__main__":
    with httpx.Client(base_url=sys.argv[1], timeout=60) as client:
        print(p95(ages_ms(client, int(sys.argv[2]))))
