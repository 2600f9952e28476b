"""What runs on a machine of a cluster, without the cluster: it carries runs for servers that it hears."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import pytest

from app.events import decode_request, encode_request
from app.runs.edition import edition
from app.runs.node import MOST_BYTES, Node, health_of, lines_of
from app.runs.refusing import RefusingRunner
from app.runs.replay import ReplayRunner, load

from .play import request

pytestmark = pytest.mark.anyio

POW_ADD = load(Path(__file__).parents[1] / "recordings" / "pow_add.jsonl")
ENDLESS = ReplayRunner({"": POW_ADD}, pause_s=3600)
SOURCE = encode_request(request("x"))


async def told(node: Node, server: str, run_id: str) -> list[str]:
    return [kind async for batch in node.run(server, run_id, SOURCE) for kind, _ in batch]


async def test_a_run_is_told_to_its_end() -> None:
    node = Node(edition(), runner=ReplayRunner({"": POW_ADD}))
    assert await told(node, "anna", "run") == [kind for kind, _ in POW_ADD]


async def test_a_server_that_falls_silent_loses_its_runs_and_another_does_not() -> None:
    node = Node(edition(), runner=ENDLESS, patience_s=0.2)
    await node.beat("anna")
    lost, kept = (asyncio.create_task(told(node, server, server)) for server in ("anna", "ben"))
    while not lost.done():
        await node.beat("ben")
        await asyncio.sleep(0.02)
    assert (await lost, kept.done()) == (["started"], False)
    await node.end("ben")
    assert await kept == ["started"]
    await node.close()


async def test_a_stop_goes_to_the_run() -> None:
    node = Node(edition(), runner=ENDLESS)
    going = asyncio.create_task(told(node, "anna", "run"))
    await asyncio.sleep(0)
    await node.stop("run")
    assert await going == ["started", "finished"]


async def test_without_any_server_the_process_ends() -> None:
    left = asyncio.Event()
    node = Node(edition(), runner=ENDLESS, idle_s=0.1, leave=left.set)
    await node.beat("anna")
    await asyncio.wait_for(left.wait(), 30)


async def test_what_nobody_fetches_holds_the_run_up() -> None:
    line = ("stdout", b'{"type":"stdout","text":"' + b"x" * 10_000 + b'"}')
    node = Node(edition(), runner=ReplayRunner({"": [*POW_ADD[:1], *[line] * 200, POW_ADD[-1]]}))
    batches = []
    async for batch in node.run("anna", "run", SOURCE):
        batches.append(sum(len(line) for _, line in batch))
        await asyncio.sleep(0.005)
    assert max(batches) <= MOST_BYTES + 10_100
    assert sum(batches) > 2_000_000


async def test_a_machine_without_walls_tells_nothing_and_says_why() -> None:
    node = Node(edition(), runner=RefusingRunner("There are no walls here."))
    assert await told(node, "anna", "run") == []
    health = health_of(await node.beat("anna"))
    assert (health.state, "There are no walls here." in health.detail) == ("refusing", True)
    await node.close()


async def test_a_machine_with_other_code_refuses_and_warms_nothing() -> None:
    node = Node("another edition", runner=ENDLESS)
    assert "another version of Gradwalk" in health_of(await node.beat("anna")).detail


def test_what_is_no_health_is_not_taken_for_one() -> None:
    for nonsense in ({}, None, {"state": 1}, {**asdict(ENDLESS.health()), "more": 1}, {"state": "ready", "layers": 3}):
        with pytest.raises(ValueError, match="told no health"):
            health_of(nonsense)


def test_a_request_comes_through_as_it_was() -> None:
    assert decode_request(SOURCE) == request("x")


def test_what_a_machine_tells_is_looked_at_before_it_is_believed() -> None:
    fine = [("stdout", b'{"type":"stdout","text":"x"}')]
    assert lines_of(fine) == fine
    for nonsense in (
        None, "x", [("stdout",)], [["stdout", b"{}"]], [("stdout", "x")], [("stderr", fine[0][1])],
        [("stdout", b'{"type":"stdout",\n"text":"x"}')], [("stdout", fine[0][1] + b" " * 2**23)],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="a machine of the cluster told"):
            lines_of(nonsense)
