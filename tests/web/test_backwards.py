"""A backward as it was told, its arithmetic, and one recorded by running again with the same seed."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.events import Backward, Rerun, RunRequest, Started, decode
from app.runs.replay import ReplayRunner
from app.runs.runner import Line, finished_line, started_line
from app.words import translate

from .serving import build, reach, recordings

pytestmark = pytest.mark.anyio


class Remembering(ReplayRunner):
    """Plays a recording, begins it with the seed it was asked for, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(recordings())
        self.asked: list[RunRequest] = []

    async def run(self, run_id: str, request: RunRequest) -> Any:  # a generator, as in ReplayRunner
        """The recording's lines."""
        self.asked.append(request)
        yield started_line(run_id, request, self.health())
        async for line in super().run(run_id, request):
            if line[0] != Started.type:
                yield line


async def typed(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/expressions", json={"source": "pow_add"})).json()["id"])


async def test_a_backward_is_found_by_its_number() -> None:
    async with reach(build()) as client:
        run = await typed(client)
        found = await client.get(f"/api/runs/{run}/backwards/1")
        missing = await client.get(f"/api/runs/{run}/backwards/2")
    backward = decode(found.content, Backward)
    assert (backward.number, backward.graph) == (1, 0)
    assert (missing.status_code, missing.json()["title"]) == (404, "There is no such backward.")


async def test_a_nodes_arithmetic_has_this_backwards_numbers() -> None:
    async with reach(build()) as client:
        run = await typed(client)
        told = (await client.get(f"/api/runs/{run}/backwards/1/arithmetic?node=1")).json()
        missing = await client.get(f"/api/runs/{run}/backwards/1/arithmetic?node=9")
    assert (told["node"], told["name"]) == (1, "PowBackward0")
    (line,) = told["lines"]
    assert (line["formula"], line["numbers"], line["result"]) == (
        "grad * exponent * self^(exponent-1)",
        "1 * 2 * 2^1",
        "4",
    )
    assert (missing.status_code, missing.json()["title"]) == (404, "There is no such node.")


async def test_a_backward_is_recorded_again_with_the_seed_and_limits_of_its_run() -> None:
    runner = Remembering()
    async with reach(build(runner=runner)) as client:
        listed = (await client.post("/api/runs", json={"source": "pow_add"})).json()
        await client.get(listed["events"])
        body = {"check": "x", "language": "zh"}
        answer = await client.post(f"/api/runs/{listed['id']}/backwards/1", json=body)
    first, again = runner.asked
    assert answer.status_code == 200
    assert answer.json()["backwards"][0]["number"] == 1
    assert answer.json()["id"] != listed["id"]
    assert first.seed is not None
    assert again == replace(first, language="zh", rerun=Rerun(backward=1, check="x"), title=None)


async def test_a_backward_of_a_run_there_is_not_cannot_be_recorded() -> None:
    async with reach(build()) as client:
        answer = await client.post("/api/runs/nothing/backwards/1", json={})
    assert (answer.status_code, answer.json()["title"]) == (404, "There is no such run.")


async def test_the_numbers_of_a_later_backward_are_not_those_the_graph_was_told_with() -> None:
    lines = recordings()["pow_add"]
    at = next(place for place, (kind, _) in enumerate(lines) if kind == Backward.type)
    later: list[Line] = [(kind, line.replace(b'"number":1', b'"number":2')) for kind, line in lines[at : at + 1]]
    end = finished_line(decode(lines[-1][1]).outcome, "", events=len(lines))
    twice = [*lines[: at + 1], *later, *lines[at + 1 : -1], end]
    async with reach(build(runner=ReplayRunner({"twice": twice}))) as client:
        run = (await client.post("/api/expressions", json={"source": "twice"})).json()["id"]
        told = [(await client.get(f"/api/runs/{run}/backwards/{n}/arithmetic?node=1")).json() for n in (1, 2)]
    assert told[0]["lines"][0]["numbers"] == "1 * 2 * 2^1"
    assert told[1]["lines"][0]["numbers"] is None
    assert told[1]["lines"][0]["note"]


async def test_a_note_is_in_the_readers_language() -> None:
    async with reach(build()) as client:
        run = await typed(client)
        url = f"/api/runs/{run}/backwards/1/arithmetic?node=2"
        (english,) = (await client.get(url)).json()["lines"]
        (chinese,) = (await client.get(url, headers={"Accept-Language": "zh-CN"})).json()["lines"]
    note = "{variable}.grad was None, so the gradient itself becomes it."
    assert english["note"] == note.format(variable="x")
    assert chinese["note"] == translate("zh", note, variable="x")
