"""An app that plays recordings, a client for it, and a real server for streams that do not end by themselves."""

import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from app.connections import Connections
from app.events import MAX_NODES, Graph, Outcome, Record, Stdout, encode, pack
from app.main import create_app
from app.runs.replay import ANY, ReplayRunner, load
from app.runs.runner import Line, Runner, finished_line
from app.settings import Bounds, Settings
from tests.draw.graphs import recordable, unrolled

RECORDINGS = Path(__file__).parent.parent / "recordings"
SLOW = "slow"
FOLDER = tempfile.TemporaryDirectory(prefix="gradwalk-tests-")


def recordings() -> dict[str, list[Line]]:
    """Source text -> the lines played for it; every recording's source is its name."""
    played = {path.stem: load(path) for path in sorted(RECORDINGS.glob("*.jsonl"))}
    said = [("stdout", encode(Stdout(text=f"{number}\n"))) for number in range(2000)]
    end = finished_line(Outcome.OK, "The program ran to its end.", events=2001)
    return {**played, ANY: played["pow_add"], SLOW: [played["pow_add"][0], *said, end]}


def build(settings: Settings | None = None, runner: Runner | None = None, *, pause_s: float = 0.0) -> FastAPI:
    """An app whose record is in a folder of its own, and goes with the tests."""
    chosen = settings or Settings(slots=4)
    if chosen.data_dir == Settings().data_dir:
        chosen = replace(chosen, data_dir=Path(tempfile.mkdtemp(dir=FOLDER.name)))
    return create_app(chosen, runner or ReplayRunner(recordings(), pause_s=pause_s))


def build_large() -> FastAPI:
    """An app whose every run tells of a graph of 12,004 nodes, most of them in its record alone: a cell's 2,000 calls."""
    drawn = unrolled(2_000)
    told = replace(drawn, nodes=drawn.nodes[:MAX_NODES], groups=drawn.groups[:MAX_NODES], truncated=True)
    seen = {node.id for node in told.nodes}
    told = replace(told, edges=tuple(edge for edge in drawn.edges if {edge.tail, edge.head} <= seen))
    record = Record(graph=0, data=pack(recordable(drawn)))
    started, *_, end = recordings()["pow_add"]
    lines = [started, (Record.type, encode(record)), (Graph.type, encode(told)), end]
    return build(runner=ReplayRunner({ANY: lines}))


@asynccontextmanager
async def reach(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that has started, both in this event loop."""
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield client


@contextmanager
def serve(app: FastAPI, connections: Connections | None = None) -> Iterator[str]:
    """A real server in a thread; gives its address."""
    protocol: Any = (connections or Connections(Bounds())).protocol
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=5, http=protocol)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not (server.started and server.servers) and time.monotonic() < deadline:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive(), "the server did not end"
