"""`python -m app.serve`: the web process alone, on a socket it is given; `app/__main__.py` starts and supervises it."""

import argparse
import asyncio
import os
import socket
import sys
import webbrowser
from types import FrameType

import uvicorn
from fastapi import FastAPI

from .connections import Connections
from .logs import configure
from .main import close, create_app
from .runs.choose import choose
from .settings import Settings
from .sockets import address, raise_descriptors

GRACE_S = 5


class Server(uvicorn.Server):
    """Uvicorn, but a signal first ends the streams, which would hold the server up; so does the supervisor's end.

    `life` is a descriptor that reads to its end when the supervisor is gone.
    """

    def __init__(
        self, config: uvicorn.Config, app: FastAPI, address: str, *, life: int | None = None, open_browser: bool = False
    ) -> None:
        super().__init__(config)
        self._gradwalk = app
        self._address = address
        self._open_browser = open_browser
        self._life = life
        self._closing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer, and says where."""
        await super().startup(sockets)
        if self._life is not None:
            asyncio.get_running_loop().add_reader(self._life, self._orphaned)
        if self.should_exit or not self._address:
            return
        print(f"Gradwalk is at {self._address}", flush=True)
        if self._open_browser:
            webbrowser.open(self._address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to close on the first signal."""
        super().handle_exit(sig, frame)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(close(self._gradwalk))

    def _orphaned(self) -> None:
        assert self._life is not None  # it was added as a reader
        asyncio.get_running_loop().remove_reader(self._life)
        self._closing = self._closing or asyncio.get_running_loop().create_task(close(self._gradwalk))
        self.should_exit = True


def main(arguments: list[str]) -> int:
    """Serves until a signal comes, or until its supervisor is gone; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.serve", description="Serves Gradwalk's page and API.")
    parser.add_argument("--listening", type=int, required=True, help="the descriptor of a listening socket")
    parser.add_argument("--life", type=int, help="a descriptor that ends with the supervisor")
    parser.add_argument("--server", default="", help="the name of the server that this process belongs to")
    parser.add_argument("--announce", action="store_true", help="print the address once it is served")
    chosen = parser.parse_args(arguments)
    settings = Settings.from_environment(os.environ)
    with socket.socket(fileno=chosen.listening) as listening:
        announced = address(settings, listening) if chosen.announce else ""
        serve(settings, listening, announced=announced, life=chosen.life, server=chosen.server)
    return 0


def serve(
    settings: Settings,
    listening: socket.socket,
    *,
    announced: str,
    life: int | None,
    alone: bool = False,
    server: str = "",
) -> None:
    """Serves on this socket as one of the `server`'s processes; `alone` without an agent, all in this process."""
    own = None
    if alone:
        own = choose(wall=settings.wall, unsafe=settings.unsafe_no_sandbox, data_dir=settings.data_dir)
    app = create_app(settings, own, server=server)
    raise_descriptors()
    config = uvicorn.Config(
        app,
        http=Connections(settings.bounds, settings.proxies).protocol,  # type: ignore[arg-type]  # called as a class is
        log_config=configure(settings, "web"),
        ws="none",  # else one who asks for a WebSocket leaves our bounds, where a library for them is installed
        proxy_headers=False,  # main.py believes the proxies it was told of, and no others
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
    )
    Server(config, app, announced, life=life, open_browser=settings.open_browser).run(sockets=[listening])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
