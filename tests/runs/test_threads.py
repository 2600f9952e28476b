"""Work on a thread of its own."""

import asyncio
import threading

import pytest

from app.runs.threads import apart

pytestmark = pytest.mark.anyio


async def test_what_work_gives_and_raises_comes_back() -> None:
    assert await apart(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 // 0)


async def test_work_that_nobody_waits_for_any_more_holds_up_nobody() -> None:
    going, release = threading.Event(), threading.Event()

    def work() -> None:
        going.set()
        release.wait(30)

    waiting = asyncio.create_task(apart(work))
    await asyncio.to_thread(going.wait, 30)
    waiting.cancel()
    await asyncio.wait([waiting])
    release.set()
    assert waiting.cancelled()
