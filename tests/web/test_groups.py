"""What stands in one group of a graph."""

import pytest

from .serving import build_large, reach
from .test_api import ended

pytestmark = pytest.mark.anyio


async def test_a_group_is_told_from_the_record_in_the_form_of_an_event() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0", params={"group": "g2"})
    told = answer.json()
    assert (told["type"], told["group"]["label"], told["groups"]) == ("graph", "call 1 of 2,000", [])
    assert [node["group"] for node in told["nodes"]] == ["g2"] * 6
    assert (told["total_nodes"], told["truncated"], told["roots"]) == (6, False, [])
    inside = {node["id"] for node in told["nodes"]}
    assert all(edge["tail"] in inside or edge["head"] in inside for edge in told["edges"])


async def test_a_group_of_more_nodes_than_an_event_holds_says_how_many_there_are() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        told = (await client.get(f"/api/runs/{run}/graphs/0", params={"group": "g0"})).json()
    assert (len(told["nodes"]), told["total_nodes"], told["truncated"]) == (2_000, 12_001, True)


async def test_an_unknown_group_is_a_problem() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0", params={"group": "g99999"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:gradwalk:problem:unknown-group")
