"""A run is found by its id wherever it is kept: on record, or in memory."""

from typing import Any

import pytest

from app.events import Record, encode
from app.runs.replay import ReplayRunner
from app.runs.runner import UnknownRun
from app.web import lookup

from ..columns import record_line
from .serving import build, reach, recordings
from .test_api import ended

pytestmark = pytest.mark.anyio


async def told(feed: Any) -> list[int]:
    return [entry.seq async for batch in feed for entry in batch]


async def test_what_was_typed_and_what_was_run_are_looked_up_in_the_same_way() -> None:
    app = build()
    async with reach(app) as client:
        home = app.state.house
        typed = (await client.post("/api/expressions", json={"source": "pow_add"})).json()["id"]
        run = await ended(client)
        for name in (typed, run):
            known = await lookup.record(home, name)
            assert (known.id, known.source, known.state, known.last_seq) == (name, "pow_add", "finished", 8)
            assert await told(lookup.feed(home, known, 5)) == [6, 7, 8]
            assert lookup.exhausted(known, 8)
            assert not lookup.exhausted(known, 7)
            graph = await lookup.nth(home, name, "graph", 0)
            assert graph is not None
            assert graph.startswith(b'{"type":"graph"')
            assert await lookup.nth(home, name, "graph", 1) is None
        assert [each.id for each in await lookup.records(home, 10, None, None)] == [run]


async def test_a_feed_of_which_nothing_is_left_ends_at_once() -> None:
    app = build()
    async with reach(app) as client:
        known = await lookup.record(app.state.house, await ended(client))
        assert await told(lookup.feed(app.state.house, known, 8)) == []


async def test_a_run_that_never_was_is_unknown() -> None:
    app = build()
    async with reach(app):
        for asking in (
            lookup.record(app.state.house, "nobody"),
            lookup.records(app.state.house, 10, "nobody", None),
            lookup.nth(app.state.house, "nobody", "graph", 0),
        ):
            with pytest.raises(UnknownRun):
                await asking


async def test_what_a_large_graph_left_is_found_in_memory_and_on_record() -> None:
    told = recordings()["pow_add"]
    lines = [*told[:2], ("record", record_line(3)), *told[2:]]
    app = build(runner=ReplayRunner({"": lines}))
    async with reach(app) as client:
        typed = (await client.post("/api/expressions", json={"source": "x"})).json()["id"]
        for name in (typed, await ended(client)):
            found = await lookup.columns(app.state.house, name, 3)
            assert found is not None
            assert (found.total_nodes, list(found.heads)) == (3, [1, 2])
            assert await lookup.columns(app.state.house, name, 0) is None
            known = await lookup.record(app.state.house, name)
            assert known.last_seq == len(told)


async def test_a_record_that_cannot_be_read_is_as_none() -> None:
    told = recordings()["pow_add"]
    lines = [*told[:2], ("record", encode(Record(graph=0, data="forged"))), *told[2:]]
    async with reach(app := build(runner=ReplayRunner({"": lines}))) as client:
        run = await ended(client)
        assert await lookup.columns(app.state.house, run, 0) is None
        assert (await client.get(f"/api/runs/{run}/graphs/0.svg")).status_code == 200
