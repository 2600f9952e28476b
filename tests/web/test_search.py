"""Where something stands in a graph, asked over HTTP."""

import pytest

from .serving import build, build_large, reach
from .test_api import ended

pytestmark = pytest.mark.anyio


async def test_a_call_of_two_thousand_is_found_with_what_to_open() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0/search", params={"q": "call 1500", "limit": 1})
    found = answer.json()
    (hit,) = found["hits"]
    assert found["total"] == 2
    assert (hit["kind"], hit["label"], hit["detail"]) == ("group", "call 1500 of 2,000", "6 nodes")
    assert (hit["path"][0], hit["path"][-1]) == ("g0", hit["group"])


async def test_a_variable_of_a_small_graph_is_found_too() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0/search", params={"q": "X"})
    assert [(hit["kind"], hit["label"], hit["path"]) for hit in answer.json()["hits"]] == [("variable", "x", [])]


@pytest.mark.parametrize(("path", "status"), [("0/search?q=a&limit=0", 422), ("5/search?q=a", 404), ("0/search", 200)])
async def test_what_cannot_be_asked_is_a_problem(path: str, status: int) -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/{path}")
    assert answer.status_code == status
