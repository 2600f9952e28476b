"""Work that waits in another library's own way, kept off the event loop.

Knows nothing of what is waited for.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


async def apart(work: Callable[[], Value]) -> Value:
    """What `work` gives, done on a thread of its own, which keeps no process from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Callable[[], Value]] = loop.create_future()

    def tell(told: Callable[[], Value]) -> None:
        if not done.done():
            done.set_result(told)

    def run() -> None:
        told = _outcome(work)
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(tell, told)

    threading.Thread(target=run, name="apart", daemon=True).start()
    return (await done)()


def _outcome(work: Callable[[], Value]) -> Callable[[], Value]:
    """Gives what the work gave, or raises what it raised."""
    try:
        value = work()
    except Exception as error:
        raised = error

        def fail() -> Value:
            raise raised

        return fail
    return lambda: value
