"""The runner of a machine without walls: it runs nothing and says why.

Knows nothing of processes, so that it can be imported everywhere.
"""

from collections.abc import AsyncGenerator

from ..events import RunRequest
from .runner import ELSEWHERE, Health, Line, Refusing, refusal


class RefusingRunner:
    """Refuses every run; `why` is a sentence, and `instead` says what to do."""

    def __init__(self, why: str, instead: str = ELSEWHERE) -> None:
        self._health = refusal(why, instead)

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to end."""

    def health(self) -> Health:
        """Always refusing."""
        return self._health

    async def stop(self, run_id: str) -> None:
        """No run is ever on."""

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """Never a line. Raises: Refusing."""
        if self._health.state == "refusing":
            raise Refusing(self._health.detail)
        yield "", b""  # what makes this a generator
