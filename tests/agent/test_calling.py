"""Calls through a Unix socket; `test_remote` makes the ones that matter."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from app.agent.calling import FAILURES, Caller, _Stream

pytestmark = pytest.mark.anyio


async def test_a_call_to_nobody_fails_as_a_call_does(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "nobody.sock")
    with pytest.raises(FAILURES):
        await caller.ask("GET", "/")
    await caller.close()


@pytest.mark.parametrize("steps", range(5))
async def test_a_call_given_up_in_the_moment_its_answer_arrives_is_given_up(steps: int) -> None:
    reader = asyncio.StreamReader()
    stream = _Stream(reader, cast(asyncio.StreamWriter, None))
    reading = asyncio.create_task(stream.read(10, timeout=60.0))
    for _ in range(3):
        await asyncio.sleep(0)
    reader.feed_data(b"answer")
    for _ in range(steps):
        await asyncio.sleep(0)
    given_up = reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled() == given_up
