"""How long a server takes to answer again after a part of it was killed as nothing else does."""

import os
import signal
import time
from collections.abc import Iterator

import httpx

from . import serving
from .row import Row
from .warm import EXAMPLE

SOON_S = 5.0
PAUSE_S = 0.05
PATIENCE_S = 60.0


def rows() -> Iterator[Row]:
    """One row a part; each is killed in a server that was ready, and asked at once to run an expression."""
    with serving.server() as (client, web, agent):
        zygote = serving.children(agent)[0]
        for name, pid in (("the zygote", zygote), ("the web process", web), ("the agent", agent)):
            os.kill(pid, signal.SIGKILL)
            took_s = _until_answered(client)
            yield Row(f"{name} killed: the next answer after", f"{took_s:.2f} s", f"<= {SOON_S:g} s", took_s <= SOON_S)


def _until_answered(client: httpx.Client) -> float:
    """Seconds until an expression was run to its end."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        try:
            answer = client.post("/api/expressions", json={"source": EXAMPLE})
            if answer.status_code == 200 and answer.json()["outcome"] == "ok":
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        time.sleep(PAUSE_S)
    return float("inf")
