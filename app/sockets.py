"""The socket a server listens on, and the address a person opens. Knows nothing of what is served."""

import contextlib
import os
import socket

from .settings import Settings


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


def raise_descriptors() -> None:
    """Lets this process have as many descriptors as its user may: each watcher is one."""
    if os.name != "posix":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # a hard limit without end is too much for some systems
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def address(settings: Settings, listening: socket.socket) -> str:
    """What a person opens; with the token where it was made up for them, for one they chose stands in no log."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    port = listening.getsockname()[1]
    named = f"[{host}]" if ":" in host and not host.startswith("[") else host
    query = f"?token={settings.token}" if settings.unsafe_no_sandbox else ""
    return f"http://{named}:{port}/{query}"
