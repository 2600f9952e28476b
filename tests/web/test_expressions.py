"""A whole run in one answer, and what happens when whoever asked goes away."""

import asyncio
import json

import pytest

from app.events import Outcome
from app.web.forms import Expression

from .serving import RECORDINGS, SLOW, build, reach

pytestmark = pytest.mark.anyio


async def test_the_answer_holds_every_event_as_it_was_told() -> None:
    lines = [json.loads(line) for line in (RECORDINGS / "pow_add.jsonl").read_bytes().splitlines()]
    by_type = {kind: [line for line in lines if line["type"] == kind] for kind in {line["type"] for line in lines}}
    async with reach(build()) as client:
        answer = await client.post("/api/expressions", json={"source": "pow_add"})
    told = answer.json()
    assert answer.status_code == 200
    assert told == {
        "id": told["id"],
        "url": f"/api/runs/{told['id']}",
        "outcome": "ok",
        "detail": "The program ran to its end.",
        "stdout": "None\n",
        "stderr": "",
        "exception": None,
        "tensors": by_type["tensor"],
        "graphs": by_type["graph"],
        "backwards": by_type["backward"],
        "scalars": [],
        "figures": [],
        "mistakes": [],
        "wall_ms": 14.2,
    }
    assert Expression.model_validate(told).outcome is Outcome.OK


async def test_a_program_that_raises_is_an_answer_and_not_a_problem() -> None:
    async with reach(build()) as client:
        answer = await client.post("/api/expressions", json={"source": "requires_grad_non_leaf"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "exception")
    assert answer.json()["exception"]["kind"] == "RuntimeError"


async def test_an_expression_is_not_listed_but_its_pictures_work() -> None:
    async with reach(build()) as client:
        told = (await client.post("/api/expressions", json={"source": "pow_add"})).json()
        listed = (await client.get("/api/runs")).json()
        picture = await client.get(f"{told['url']}/graphs/0.svg")
    assert listed == []
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")


async def test_closing_the_request_stops_the_run_and_nothing_is_kept() -> None:
    app = build(pause_s=0.01)
    async with reach(app) as client:
        asking = asyncio.create_task(client.post("/api/expressions", json={"source": SLOW}))
        shelf = app.state.house.shelf
        while not shelf._kept:
            await asyncio.sleep(0)
        kept = next(iter(shelf._kept.values()))
        async for _ in kept.journal.follow():
            break
        asking.cancel()
        while app.state.house.agent.busy:
            await asyncio.sleep(0.01)
    assert shelf.find(kept.id) is None
