"""Two agents on one PostgreSQL: each carries on its own runs, and does with the other's what it is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from app.agent.agent import Word
from app.agent.local import LocalAgent
from app.store import News, Notice, Reader, Record

from ..postgres import Postgres
from ..runs.play import request
from .test_local import ENDLESS

pytestmark = pytest.mark.anyio


class Pair:
    """Two agents, a reader of what they write, and what a third machine hears."""

    def __init__(self, one: LocalAgent, two: LocalAgent, reader: Reader) -> None:
        self.one, self.two, self.reader = one, two, reader
        self.words: list[Word] = []
        self.heard: list[Notice] = []

    def record(self, run: str) -> Record:
        found = self.reader.record(run)
        assert found is not None
        return found

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
async def pair(database_server: Postgres) -> AsyncIterator[Pair]:
    url = database_server.database()
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(working(url)) for _ in range(2)]
        pair = Pair(one, two, Reader(url))
        one.listen(pair.words.append)
        news = News(url, pair.heard.append)
        await news.open()
        await pair.until(lambda: bool(pair.heard))
        yield pair
        await news.close()
        pair.reader.close()


@asynccontextmanager
async def working(url: str) -> AsyncIterator[LocalAgent]:
    agent = LocalAgent(ENDLESS, url, slots=1, queue=5)
    await agent.open(lambda word: None)
    yield agent
    await agent.close()


async def test_what_one_records_is_told_to_every_machine(pair: Pair) -> None:
    run = await pair.one.start(request("x"))
    await pair.until(lambda: any(notice.runs.get(run) for notice in pair.heard))
    assert pair.record(run).state == "running"


async def test_a_run_of_the_other_is_stopped_renamed_and_deleted(pair: Pair) -> None:
    run = await pair.one.start(request("x"))
    await pair.two.rename(run, "ours")
    assert pair.record(run).title == "ours"
    await pair.two.stop(run)
    await pair.until(lambda: pair.record(run).outcome == "stopped")
    another = await pair.one.start(request("y"))
    await pair.two.delete(another)
    assert pair.reader.record(another) is None
    await pair.until(lambda: not pair.one.busy)
    assert any(another in notice.gone for notice in pair.heard)


async def test_a_run_that_waits_there_has_a_place_here_and_is_stopped_there(pair: Pair) -> None:
    await pair.one.start(request("x"))
    waiting = await pair.one.start(request("y"))
    await pair.until(lambda: any(notice.positions == {waiting: 1} for notice in pair.heard))
    await pair.two.stop(waiting)
    await pair.until(lambda: pair.record(waiting).outcome == "stopped")


async def test_stopping_what_is_over_or_was_never_there_is_nothing(pair: Pair) -> None:
    await pair.two.stop("nobody")
    run = await pair.one.start(request("x"))
    await pair.one.stop(run)
    await pair.until(lambda: pair.record(run).outcome == "stopped")
    await pair.two.stop(run)
    assert (pair.one.busy, pair.two.busy) == (False, False)
