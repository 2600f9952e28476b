"""`python -m app`: serves the app with uvicorn and prints its address. `--unsafe-no-sandbox` runs programs unwalled."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import webbrowser
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI

from .main import close, create_app
from .settings import Settings, SettingsError

GRACE_S = 5
UNSAFE = (
    "WARNING: programs run WITHOUT WALLS, with all that your account may do. Only the address below, with its token,\n"
    "is answered. Paste only programs that you trust."
)


class Server(uvicorn.Server):
    """Uvicorn, but a signal first ends the runs and their streams, which would hold the server up."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, address: str, *, open_browser: bool) -> None:
        super().__init__(config)
        self._gradwalk = app
        self._address = address
        self._open_browser = open_browser
        self._closing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer, and says where."""
        await super().startup(sockets)
        if self.should_exit:
            return
        print(f"Gradwalk is at {self._address}", flush=True)
        if self._open_browser:
            webbrowser.open(self._address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to close on the first signal."""
        super().handle_exit(sig, frame)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(close(self._gradwalk))


def main(arguments: list[str]) -> int:
    """Serves until a signal comes; gives the program's exit code."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Serves Gradwalk.")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="run programs without walls, for you alone on this machine"
    )
    chosen = parser.parse_args(arguments)
    environ = {**os.environ, "GRADWALK_UNSAFE_NO_SANDBOX": "1"} if chosen.unsafe_no_sandbox else os.environ
    try:
        settings = Settings.from_environment(environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        listening = listen(settings.host, settings.port)
    except OSError as error:
        why = f"{settings.host}:{settings.port} can't be listened on: {error.strerror}."
        print(f"{why} Stop what uses it, or choose another port with GRADWALK_PORT.", file=sys.stderr)
        return 1
    if settings.unsafe_no_sandbox:
        print(UNSAFE, flush=True)
    app = create_app(settings)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE_S, server_header=False)
    server = Server(config, app, address(settings, listening), open_browser=settings.open_browser)
    with listening, suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises: OSError.

    The protocol is named because asyncio sends small answers at once only on sockets that say TCP; else each of them
    waits 40 ms for the client's acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def address(settings: Settings, listening: socket.socket) -> str:
    """What a person opens; with the token where there is one to know."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    port = listening.getsockname()[1]
    named = f"[{host}]" if ":" in host and not host.startswith("[") else host
    query = f"?token={settings.token}" if settings.unsafe_no_sandbox else ""
    return f"http://{named}:{port}/{query}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
