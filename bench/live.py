"""Watching: how long a step takes to reach its viewers, and a curve of a million points its first paint.

A program logs the machine's own monotonic clock, so that whoever receives a point can tell its age.
"""

import asyncio
import os
import re
import shutil
import statistics
import sys
import time
from urllib.parse import urlsplit

import httpx

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
    """One viewer, as thin as can be: of each frame the ages of its oldest and its newest point."""
    place = urlsplit(base)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    ages: list[float] = []
    kind = b""
    while kind != b"event: finished":
        line = (await reader.readline()).rstrip()
        kind = line if line.startswith(b"event: ") else kind
        if line.startswith(b"data: ") and kind == b"event: scalars":
            now = time.monotonic()
            first, last = VALUES.search(line).groups()  # type: ignore[union-attr]  # every frame has values
            ages += [(now - float(first)) * 1000, (now - float(last or first)) * 1000]
    writer.close()
    return ages


def p95(figures: list[float]) -> float:
    """The figure that 95 of 100 stay under."""
    return statistics.quantiles(figures, n=20)[-1]


def million(client: httpx.Client) -> tuple[float, float | None]:
    """Seconds until a curve of a million points is answered, and until its first paint, None without a browser."""
    run = client.post("/api/runs", json={"source": MILLION}).json()["id"]
    while client.get(f"/api/runs/{run}").json()["outcome"] is None:
        time.sleep(0.2)
    started = time.perf_counter()
    curve = client.get(f"/api/runs/{run}/scalars", params={"points": 2000}).json()
    answered_s = time.perf_counter() - started
    assert curve["total"] == 1_000_000
    return answered_s, _painted_s(f"{client.base_url}/runs/{run}")


def _painted_s(address: str) -> float | None:
    """Seconds from the page's request for the curve to its first paint, in Chromium where there is one."""
    program = os.environ.get("GRADWALK_CHROMIUM", shutil.which("chromium"))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if program is None:
        return None
    asked: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(time.perf_counter()) if "/scalars" in request.url else None)
        page.goto(address)
        page.wait_for_function(PAINTED, timeout=60_000)
        painted = time.perf_counter()
        browser.close()
    return painted - asked[0] if asked else None


if __name__ == "__main__":
    with httpx.Client(base_url=sys.argv[1], timeout=60) as client:
        print(p95(ages_ms(client, int(sys.argv[2]))))
