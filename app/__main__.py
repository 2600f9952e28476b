"""`python -m app`: listens, starts the agent and the web process, starts either again when it ends, prints the address.

On SIGINT or SIGTERM both end, runs as `interrupted`. `--unsafe-no-sandbox` runs programs unwalled.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import sys

from .settings import Settings, SettingsError
from .supervise import Supervisor

UNSAFE = (
    "WARNING: programs run WITHOUT WALLS, with all that your account may do. Only the address below, with its token,\n"
    "is answered. Paste only programs that you trust."
)


def main(arguments: list[str]) -> int:
    """Serves until a signal comes; gives the program's exit code."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Serves Gradwalk.")
    parser.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="run programs without walls, for you alone on this machine"
    )
    if parser.parse_args(arguments).unsafe_no_sandbox:
        os.environ["GRADWALK_UNSAFE_NO_SANDBOX"] = "1"
    try:
        settings = Settings.from_environment(os.environ)
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
    with listening, contextlib.suppress(KeyboardInterrupt):
        return _serve(settings, listening)
    return 0


def _serve(settings: Settings, listening: socket.socket) -> int:
    if os.name == "posix":
        # The token, where one was made up here, must be the same in every process.
        environ = {**os.environ, "GRADWALK_TOKEN": settings.token} if settings.token else dict(os.environ)
        return asyncio.run(Supervisor(settings, listening, address(settings, listening), environ).run())
    from .serve import serve

    serve(settings, listening, announced=address(settings, listening), life=None, alone=True)
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
    sys.exit(main(sys.argv[1:]))
