"""An agent behind its socket does what one in this process does: the same calls through the real door."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from app.agent.agent import Unreachable, Word
from app.agent.calling import Caller
from app.agent.door import Door
from app.agent.local import LocalAgent
from app.agent.place import listen, socket_path
from app.agent.remote import RemoteAgent
from app.runs.refusing import RefusingRunner
from app.runs.runner import Busy, Refusing, Runner
from app.store import Reader

from ..runs.play import request
from .test_local import ENDLESS, POW_ADD, QUICK, under

pytestmark = pytest.mark.anyio


class Wire:
    """Both ends of an agent's socket."""

    def __init__(self, folder: Path, runner: Runner, slots: int, queue: int) -> None:
        self.url = f"sqlite:///{folder}/runs.sqlite"
        self.local = LocalAgent(runner, self.url, slots=slots, queue=queue)
        self.left = asyncio.Event()
        self.door = Door(self.local, "version", self.left.set)
        self.remote = RemoteAgent(socket_path(folder))
        self.words: list[Word] = []

    def hear(self, word: Word) -> None:
        self.words.append(word)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for the news that makes the condition true."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def wired(folder: Path, runner: Runner = QUICK, slots: int = 1, queue: int = 5) -> AsyncIterator[Wire]:
    wire = Wire(folder, runner, slots, queue)
    await wire.local.open(lambda word: None)
    with listen(socket_path(folder)) as listening:
        config = uvicorn.Config(wire.door.app(), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listening]))
        await wire.remote.open(wire.hear)
        await wire.until(lambda: wire.remote.health().state != "starting")
        yield wire
        wire.door.shut()
        await wire.remote.close()
        server.should_exit = True
        await serving
        await wire.local.close()


async def test_a_run_is_begun_heard_of_renamed_and_deleted(tmp_path: Path) -> None:
    async with wired(tmp_path) as wire:
        run = await wire.remote.start(request("x = 1"))
        await wire.until(lambda: any(word.runs.get(run) == len(POW_ADD) for word in wire.words))
        await wire.remote.rename(run, "二 %")
        reader = Reader(wire.url)
        record = reader.record(run)
        assert record is not None
        assert (record.title, record.source, record.last_seq) == ("二 %", "x = 1", len(POW_ADD))
        await wire.remote.delete(run)
        await wire.until(lambda: wire.words[-1].gone == (run,))
        reader.close()


async def test_an_expression_comes_back_line_by_line(tmp_path: Path) -> None:
    async with wired(tmp_path) as wire:
        assert [line async for line in wire.remote.express("typed", request("x"))] == under("typed")


async def test_whoever_leaves_an_expression_stops_it_there(tmp_path: Path) -> None:
    async with wired(tmp_path, ENDLESS) as wire:
        lines = wire.remote.express("typed", request("x"))
        assert (await anext(lines))[0] == "started"
        assert wire.local.busy
        await lines.aclose()
        await wire.until(lambda: not wire.local.busy)


async def test_refusals_arrive_as_what_they_are(tmp_path: Path) -> None:
    async with wired(tmp_path, ENDLESS, queue=1) as wire:
        await wire.remote.start(request("a"))
        waiting = await wire.remote.start(request("b"))
        with pytest.raises(Busy) as caught:
            await wire.remote.start(request("c"))
        assert caught.value.retry_after_s == 5
        await wire.until(lambda: wire.remote.positions() == {waiting: 1})
        await wire.remote.stop(waiting)
        await wire.until(lambda: wire.remote.positions() == {})


async def test_a_machine_without_walls_refuses_through_the_socket_too(tmp_path: Path) -> None:
    async with wired(tmp_path, RefusingRunner("There are no walls.")) as wire:
        assert wire.remote.health().state == "refusing"
        with pytest.raises(Refusing, match="There are no walls"):
            await wire.remote.start(request("a"))
        with pytest.raises(Refusing, match="There are no walls"):
            await anext(wire.remote.express("typed", request("a")))


async def test_an_agent_that_is_replaced_takes_nothing_new_finishes_and_leaves(tmp_path: Path) -> None:
    async with wired(tmp_path, ENDLESS) as wire, _client(tmp_path) as client:
        run = await wire.remote.start(request("a"))
        await client.ask("POST", "/drain")
        with pytest.raises(Refusing, match=r"A newer version of Gradwalk was started"):
            await wire.remote.start(request("b"))
        await wire.until(lambda: wire.remote.health().state == "starting")
        assert not wire.door.rest()
        await wire.remote.stop(run)
        await wire.until(wire.door.rest)
        assert wire.left.is_set()


async def test_an_agent_that_another_server_uses_does_not_leave(tmp_path: Path) -> None:
    async with wired(tmp_path) as wire, _client(tmp_path) as client:
        other = RemoteAgent(socket_path(tmp_path), server="other")
        await other.open(wire.hear)
        await wire.until(lambda: len(wire.door.servers) == 2)
        assert json.loads((await client.ask("GET", "/version")).content) == {
            "version": "version",
            "servers": 2,
            "busy": False,
        }
        assert await _closing(client) is False
        assert not wire.left.is_set()
        await other.close()
        await wire.until(lambda: len(wire.door.servers) == 1)
        assert await _closing(client) is True
        assert wire.left.is_set()


async def test_an_agent_out_of_reach_is_said_to_be_starting(tmp_path: Path) -> None:
    remote = RemoteAgent(socket_path(tmp_path))
    await remote.open(lambda word: None)
    assert remote.health().state == "starting"
    with pytest.raises(Unreachable, match="is being started again"):
        await remote.start(request("a"))
    with pytest.raises(Unreachable, match="is being started again"):
        await anext(remote.express("typed", request("a")))
    await remote.close()


async def _closing(client: Caller) -> bool:
    return bool(json.loads((await client.ask("POST", "/close")).content)["closing"])


@asynccontextmanager
async def _client(folder: Path) -> AsyncIterator[Caller]:
    caller = Caller(socket_path(folder))
    yield caller
    await caller.close()


async def test_whoever_leaves_while_an_expression_waits_takes_it_out_of_the_queue(tmp_path: Path) -> None:
    async with wired(tmp_path, ENDLESS, queue=1) as wire:
        first = wire.remote.express("first", request("x"))
        await anext(first)
        asking = asyncio.create_task(anext(wire.remote.express("second", request("x"))))
        await wire.until(lambda: len(wire.local._registry.under_way()) == 2)
        asking.cancel()
        await wire.until(lambda: len(wire.local._registry.under_way()) == 1)
        await first.aclose()


async def test_an_agent_of_another_version_is_replaced_when_it_is_met(tmp_path: Path) -> None:
    async with wired(tmp_path) as wire:
        await wire.remote.close()
        await wire.until(lambda: not wire.door.servers)
        newer = RemoteAgent(socket_path(tmp_path), lambda: "newer")
        await newer.open(wire.hear)
        await asyncio.wait_for(wire.left.wait(), 10)
        await newer.close()


async def test_an_agent_of_another_version_that_others_use_or_of_the_same_is_kept(tmp_path: Path) -> None:
    async with wired(tmp_path) as wire:
        for version in ("newer", "version"):
            await _meet(wire, tmp_path, version)
        assert not wire.left.is_set()


async def _meet(wire: Wire, folder: Path, version: str) -> None:
    """A server of this version comes beside the first, hears from the agent, and goes."""
    other = RemoteAgent(socket_path(folder), lambda: version, "other")
    await other.open(lambda word: None)
    await wire.until(lambda: other.health().state != "starting")
    await other.close()
    await wire.until(lambda: len(wire.door.servers) == 1)
