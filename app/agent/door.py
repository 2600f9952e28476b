"""The agent's own door: HTTP on a Unix socket, for the web processes of this machine and their supervisor.

Knows nothing of how a run is carried through. Only this system user can open the socket, so no request is a stranger's.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ..events import decode_request
from ..runs.runner import Busy, Health, Line, Refusing
from .agent import Unrecorded, Word
from .calling import SERVER
from .leaving import CLOSED, unless_left
from .local import LocalAgent
from .wire import RUN_ID, VERSION, client_of, encode_refusal, encode_word

LOOK_S = 0.2
"""How often a change of the runner's state is looked for."""
PIECE_BYTES = 256 * 1024
DRAINING = (
    "A newer version of Gradwalk was started, and the older one is still finishing runs. New ones begin when these are "
    "over; stop them on the runs page to go on at once."
)


class Door:
    """The agent's door. `leave` is called when the agent should end."""

    def __init__(self, agent: LocalAgent, version: str, leave: Callable[[], None]) -> None:
        self.agent = agent
        self.servers: Counter[str] = Counter()
        """How many web processes of each server listen to the news."""
        self._version = version
        self._leave = leave
        self._draining = False
        self._closing = asyncio.Event()

    def app(self) -> Starlette:
        """The application that uvicorn serves."""
        one = "/runs/{run_id}"
        return Starlette(
            routes=[
                Route("/news", self._news),
                Route("/version", self._tell_version),
                Route("/runs", self._start, methods=["POST"]),
                Route("/expressions", self._express, methods=["POST"]),
                Route(f"{one}/stop", self._stop, methods=["POST"]),
                Route(one, self._delete, methods=["DELETE"]),
                Route(one, self._rename, methods=["PATCH"]),
                Route("/drain", self._drain, methods=["POST"]),
                Route("/close", self._close, methods=["POST"]),
            ]
        )

    def shut(self) -> None:
        """Ends the news once all is told, so that no listener holds the door open."""
        self._closing.set()

    def rest(self) -> bool:
        """Whether nobody listens and nothing runs; an agent that was replaced ends at its first rest."""
        resting = not self.agent.busy and (self._draining or not self.servers)
        if resting and self._draining:
            self._leave()
        return resting

    async def _tell_version(self, _: Request) -> Response:
        return JSONResponse({"version": self._version, "servers": len(self.servers), "busy": self.agent.busy})

    async def _start(self, request: Request) -> Response:
        asked = decode_request(await request.body())
        try:
            self._check()
            return JSONResponse({"id": await self.agent.start(asked, client_of(request.headers))})
        except (Refusing, Busy, Unrecorded) as error:
            status, body = encode_refusal(error)
            return JSONResponse(body, status)

    async def _express(self, request: Request) -> Response:
        asked = decode_request(await request.body())
        lines = self.agent.express(request.headers[RUN_ID], asked, client_of(request.headers))
        try:
            self._check()
            first = await unless_left(_first(lines), request)  # it may wait long in the queue
        except (Refusing, Busy) as error:
            status, body = encode_refusal(error)
            return JSONResponse(body, status)
        return StreamingResponse(_whole(first, lines)) if first is not None else Response(status_code=CLOSED)

    async def _stop(self, request: Request) -> Response:
        await self.agent.stop(request.path_params["run_id"])
        return Response()

    async def _delete(self, request: Request) -> Response:
        await self.agent.delete(request.path_params["run_id"])
        return Response()

    async def _rename(self, request: Request) -> Response:
        await self.agent.rename(request.path_params["run_id"], (await request.body()).decode())
        return Response()

    async def _drain(self, _: Request) -> Response:
        """Takes no run any more, finishes those under way and ends."""
        self._draining = True
        self.rest()
        return Response()

    async def _close(self, request: Request) -> Response:
        """Ends, unless a web process of another server than the caller's still listens."""
        alone = not self.servers.keys() - {request.headers.get(SERVER, "")}
        if alone:
            self._leave()
        return JSONResponse({"closing": alone})

    def _check(self) -> None:
        if self._draining:
            raise Refusing(DRAINING)

    def _health(self) -> Health:
        health = self.agent.health()
        return Health(state="starting", detail=DRAINING) if self._draining else health

    async def _news(self, request: Request) -> Response:
        told = self._tell_news(request.headers.get(SERVER, ""))
        return StreamingResponse(told, headers={VERSION: self._version})

    async def _tell_news(self, server: str) -> AsyncGenerator[bytes, None]:
        waiting: list[Word] = [Word()]
        news = asyncio.Event()

        def hear(word: Word) -> None:
            waiting[:] = [_joined([*waiting, word])]  # a listener that stands still costs no more than one word
            news.set()

        self.agent.listen(hear)
        self.servers[server] += 1
        told: Health | None = None
        try:
            while True:
                news.clear()
                health = self._health()
                if waiting or health != told:
                    words, waiting[:] = waiting[:], []
                    news_of_health = health if health != told else None
                    yield encode_word(_joined(words), news_of_health, self.agent.positions(), self.agent.load())
                    told = health
                    continue
                if self._closing.is_set():
                    return
                await _wait_a_little(news)
        finally:
            self.servers -= Counter([server])
            self.agent.ignore(hear)


async def _wait_a_little(news: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):  # wait_for of Python 3.11 may swallow a cancellation
            await news.wait()


def _joined(words: list[Word]) -> Word:
    """Several words as one."""
    runs = {run: last for word in words for run, last in word.runs.items()}
    return Word(runs, tuple(run for word in words for run in word.gone))


async def _first(lines: AsyncGenerator[Line, None]) -> Line:
    return await anext(lines)


async def _whole(first: Line, lines: AsyncGenerator[Line, None]) -> AsyncGenerator[bytes, None]:
    """Lines as text, after the first in large pieces, for they are used whole; a client that leaves ends the run."""
    held, size = [b""], 0
    async with contextlib.aclosing(lines):
        yield first[1] + b"\n"
        async for _, line in lines:
            held[-1:] = [line, b""]
            size += len(line)
            if size > PIECE_BYTES:
                yield b"\n".join(held)
                held, size = [b""], 0
                await asyncio.sleep(0)  # so that a client that has left is noticed before it is written to again
    yield b"\n".join(held)
