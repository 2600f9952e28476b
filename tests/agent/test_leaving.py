"""Work for a client that stays, and for one that leaves."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from app.agent.leaving import unless_left

pytestmark = pytest.mark.anyio


def asked_by(leaves: asyncio.Event) -> Request:
    async def receive() -> Message:
        await leaves.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


async def test_work_is_done_for_a_client_that_stays() -> None:
    async def work() -> int:
        return 3

    assert await unless_left(work(), asked_by(asyncio.Event())) == 3


async def test_work_is_ended_when_the_client_leaves() -> None:
    leaves, ended = asyncio.Event(), asyncio.Event()

    async def work() -> bool:
        try:
            leaves.set()
            return await asyncio.Event().wait()
        finally:
            ended.set()

    assert await unless_left(work(), asked_by(leaves)) is None
    assert ended.is_set()


async def test_what_the_work_raises_is_raised() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await unless_left(work(), asked_by(asyncio.Event()))
