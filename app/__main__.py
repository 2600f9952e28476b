"""`gradwalk`, or `python -m app` in a checkout: serves the page; `watch` and `draw` look at a script of one's own.

Serving listens, starts the agent and the web process, starts either again when it ends, and prints the address. On
SIGINT or SIGTERM both end, runs as `interrupted`. `--unsafe-no-sandbox` runs programs unwalled.
"""

import asyncio
import contextlib
import os
import socket
import sys
from typing import NoReturn

from .cli.options import parse, run
from .settings import Settings, SettingsError
from .sockets import address, listen
from .supervise import Supervisor

UNSAFE = (
    "WARNING: programs run WITHOUT WALLS, with all that your account may do. Only the address below, with its token,\n"
    "is answered. Paste only programs that you trust."
)


def main(arguments: list[str]) -> int:
    """Serves until a signal comes; gives the program's exit code."""
    options = parse(arguments)
    if options.command is not None:
        return run(options)
    if options.unsafe_no_sandbox:
        os.environ["GRADWALK_UNSAFE_NO_SANDBOX"] = "1"
    if options.workers is not None:
        os.environ["GRADWALK_WORKERS"] = str(options.workers)
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


def cli() -> NoReturn:
    """The command `gradwalk`."""
    sys.exit(main(sys.argv[1:]))


def _serve(settings: Settings, listening: socket.socket) -> int:
    if os.name == "posix":
        # The token, where one was made up here, must be the same in every process.
        environ = {**os.environ, "GRADWALK_TOKEN": settings.token} if settings.token else dict(os.environ)
        return asyncio.run(Supervisor(settings, listening, environ).run())
    from .serve import serve

    serve(settings, listening, announced=address(settings, listening), life=None, alone=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
