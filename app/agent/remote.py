"""The agent as a web process sees it: over its Unix socket, connected again whenever it was started again.

Knows nothing of runs but their ids.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpcore

from ..events import RunRequest, encode_request
from ..runs.load import Load
from ..runs.runner import Health, Line
from .agent import NOBODY, Client, Hear, Unreachable, Word
from .calling import FAILURES, SERVER, Caller, Headers
from .wire import RUN_ID, STATUS, VERSION, decode_refusal, decode_word, headers_of

AGAIN_S = 0.1
"""The pause before the next try to connect."""
SILENT_S = 30.0
"""How long the agent may be busy with one answer, such as removing a large run."""
STARTING = Health(state="starting", detail=str(Unreachable()))
TYPE_START, TYPE_END = len(b'{"type":"'), b'"'


class RemoteAgent:
    """The agent behind a socket.

    `version` gives the one that an agent should have now. One of another that nobody else uses is asked to finish its
    runs and end, once: two servers of two versions on one folder must not drive out each other's agent for ever.
    `server` names the one that this web process belongs to.
    """

    def __init__(self, socket_path: Path, version: Callable[[], str] | None = None, server: str = "") -> None:
        self._server = server
        self._caller = Caller(socket_path)
        self._version = version
        self._health = STARTING
        self._positions: dict[str, int] = {}
        self._load = Load()
        self._listening: asyncio.Task[None] | None = None

    async def open(self, hear: Hear) -> None:
        """Begins to listen to the agent's news."""
        self._listening = asyncio.create_task(self._listen(hear), name="news")

    async def close(self) -> None:
        """Hangs up; the agent and its runs go on."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        await self._caller.close()

    def health(self) -> Health:
        """The agent's state as it last said; `starting` while it can't be reached."""
        return self._health

    def positions(self) -> dict[str, int]:
        """The place of each listed run that waits, as last heard."""
        return self._positions

    def load(self) -> Load:
        """How much goes on, as last heard."""
        return self._load

    async def start(self, request: RunRequest, client: Client = NOBODY) -> str:
        """The id of a new run. Raises: Refusing, Busy, Unrecorded, Unreachable."""
        answer = await self._ask("POST", "/runs", encode_request(request), headers_of(client))
        if answer.status != 200:
            raise decode_refusal(answer.status, answer.content)
        return str(json.loads(answer.content)["id"])

    async def express(self, run_id: str, request: RunRequest, client: Client = NOBODY) -> AsyncGenerator[Line, None]:
        """The lines of a run that is not recorded. Raises: Refusing, Busy, Unreachable."""
        headers = [(RUN_ID, run_id), *headers_of(client)]
        with _reached():
            asking = self._caller.stream("POST", "/expressions", encode_request(request), headers)
            async with asking as answer:
                if answer.status != 200:
                    raise decode_refusal(answer.status, await answer.aread())
                async for line in _lines(answer):
                    yield line[TYPE_START : line.index(TYPE_END, TYPE_START)].decode(), line

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`. Raises: Unreachable."""
        await self._ask("POST", f"/runs/{quote(run_id)}/stop")

    async def delete(self, run_id: str) -> None:
        """Ends a run that goes on and removes its record. Raises: Unreachable."""
        await self._ask("DELETE", f"/runs/{quote(run_id)}")

    async def rename(self, run_id: str, title: str) -> None:
        """Gives a run another title. Raises: Unreachable."""
        await self._ask("PATCH", f"/runs/{quote(run_id)}", title.encode("utf-8", "replace"))

    async def _ask(
        self, method: str, path: str, content: bytes | None = None, headers: Headers = ()
    ) -> httpcore.Response:
        with _reached():
            answer = await self._caller.ask(method, path, content, headers, within_s=SILENT_S)
        if answer.status not in (200, *STATUS.values()):
            raise Unreachable
        return answer

    async def _listen(self, hear: Hear) -> None:
        """Hears the news for ever; after each silence everything may have changed."""
        while True:
            with contextlib.suppress(*FAILURES, ValueError, TypeError, LookupError):  # another version's words
                await self._hear_out(hear)
            self._health = STARTING
            self._positions = {}
            await asyncio.sleep(AGAIN_S)

    async def _hear_out(self, hear: Hear) -> None:
        """Hears one agent's news to their end. Raises: one of FAILURES."""
        async with self._caller.stream("GET", "/news", headers=[(SERVER, self._server)]) as answer:
            hear(Word(lost=True))
            await self._replace_other(dict(answer.headers).get(VERSION.encode(), b"").decode())
            async for line in _lines(answer):
                self._note(line, hear)

    async def _replace_other(self, met: str) -> None:
        """Has an agent of another version replaced, such as one that runs on while the code under it was changed."""
        if self._version is None or met == await asyncio.to_thread(self._version):
            return
        told = json.loads((await self._caller.ask("GET", "/version", within_s=SILENT_S)).content)
        if told.get("servers", 1) <= 1:
            self._version = None
            await self._caller.ask("POST", "/drain", within_s=SILENT_S)

    def _note(self, line: bytes, hear: Hear) -> None:
        word, health, self._positions, self._load = decode_word(line)
        self._health = health or self._health
        if word.runs or word.gone:
            hear(word)


@contextmanager
def _reached() -> Iterator[None]:
    """Says that the agent is out of reach in our own words. Raises: Unreachable."""
    try:
        yield
    except FAILURES as error:
        raise Unreachable from error


async def _lines(answer: httpcore.Response) -> AsyncIterator[bytes]:
    """Whole lines of a stream, without their line breaks."""
    rest = b""
    async for piece in answer.aiter_stream():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line
