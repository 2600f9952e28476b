"""Work for a client that may leave before it is done. Knows nothing of what the work is."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

Result = TypeVar("Result")
CLOSED = 499
"""What nginx logs for a client that left; nobody reads it."""


async def unless_left(work: Coroutine[Any, Any, Result], request: Request) -> Result | None:
    """What the work gives; None where whoever asked left before, and the work was ended. Raises: what it raises."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        working.cancel()
        await asyncio.wait({working, leaving})
    return None if working.cancelled() else working.result()


async def _left(request: Request) -> None:
    """Waits until whoever asked has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
