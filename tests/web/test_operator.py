"""The operator's page and its figures: all that goes on, and no secret."""

import asyncio

import pytest

from app.settings import ALL_BUT_ONE, FOLLOWING, Bounds, Settings

from .serving import SLOW, build, reach

pytestmark = pytest.mark.anyio


async def test_an_operator_sees_walls_queue_clients_and_limits() -> None:
    async with reach(build(Settings(slots=1, bounds=Bounds(streams=7)), pause_s=3600)) as client:
        runs = [(await client.post("/api/runs", json={"source": SLOW})).json()["id"] for _ in range(3)]
        told = (await client.get("/api/operator")).json()
        for run in runs:
            await client.post(f"/api/runs/{run}/stop")
        await asyncio.sleep(0)
    assert told["health"]["queue"] == {
        "running": {"listed": 1, "unlisted": 0},
        "waiting": {"listed": 2, "unlisted": 0},
        "slots": 1,
        "bound": 64,
    }
    assert told["clients"] == [{"client": "127.0.0.1", "running": 1, "waiting": 2, "streams": 0}]
    assert (told["bounds"]["streams"], told["bounds"]["slots"]) == (7, 1)
    assert told["limits"]["expression"]["wall_s"] == 10


async def test_slots_that_follow_a_cluster_are_shown_as_they_are_now() -> None:
    async with reach(build(Settings(slots=FOLLOWING, bounds=Bounds(client_slots=ALL_BUT_ONE)))) as client:
        bounds = (await client.get("/api/operator")).json()["bounds"]
    assert (bounds["slots"], bounds["client_slots"]) == (1, 1)


async def test_no_secret_is_shown() -> None:
    secrets = Settings(token="the-token-of-a-class", admin_token="the-operators-own-token")
    async with reach(build(secrets)) as client:
        headers = {"Authorization": f"Bearer {secrets.admin_token}"}
        for path in ("/api/operator", "/metrics", "/operator", "/healthz", "/openapi.json"):
            text = (await client.get(path, headers=headers)).text
            assert str(secrets.token) not in text
            assert str(secrets.admin_token) not in text


async def test_nobody_else_sees_it_and_is_told_how_an_operator_comes_in() -> None:
    async with reach(build(Settings(admin_token="the-operators-own-token"))) as client:
        for path in ("/api/operator", "/metrics", "/operator"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:gradwalk:problem:not-yours")
            assert "GRADWALK_ADMIN_TOKEN" in answer.json()["detail"]
