"""What one connection may do: uvicorn's HTTP, with bounds on how many, how long a head takes and how slowly one reads.

Uvicorn itself waits for ever for the rest of a head, takes a head of any size, and keeps what a client does not read.
Knows nothing of what is asked. Source: RFC 9110, 15.5.9 (408) and 15.6.4 (503); RFC 6585, section 5 (431).
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import sys
import termios
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .addresses import household, is_within
from .settings import Bounds

LONGEST_HEAD = 64 * 1024
SLOWEST = 512
"""Bytes a second that a client must take while there is something for it."""
AGAIN_S = 5
LOG = logging.getLogger(__name__)


class Connections:
    """The open connections of one server, in all and of each client; `exempt` are proxies, which bring many."""

    def __init__(self, bounds: Bounds, exempt: tuple[str, ...] = ()) -> None:
        self.bounds = bounds
        self._open: Counter[str] = Counter()
        self._exempt = exempt

    def protocol(self, **given: Any) -> "Bounded":
        """A new connection's protocol, made as uvicorn asks for it."""
        return Bounded(self, **given)

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()

    def enter(self, address: str) -> bool:
        """Counts a connection in; False where there are too many."""
        bounds = self.bounds
        is_full = 0 < bounds.connections <= self.open
        client = household(address)
        has_many = 0 < bounds.client_connections <= self._open[client] and not is_within(address, self._exempt)
        if is_full or has_many:
            return False
        self._open[client] += 1
        return True

    def leave(self, address: str) -> None:
        """Counts it out."""
        client = household(address)
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]


class Bounded(HttpToolsProtocol):
    """One connection."""

    def __init__(self, connections: Connections, **given: Any) -> None:
        super().__init__(**given)
        self._all = connections
        self._address: str | None = None
        self._head: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begins to wait for a head, or refuses where there are too many connections."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if not self._all.enter(address):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too-many-connections", CROWDED)
            return
        self._address = address
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets go of everything."""
        for timer in (self._head, self._reading):
            if timer is not None:
                timer.cancel()
        if self._address is not None:
            self._all.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes bytes; a head that grows too large ends the connection, also one behind a request that is answered."""
        if self.transport.is_closing():
            return
        if self._head is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > LONGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head-too-large", LARGE)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head_bytes = 0
        if self._head is not None:
            self._head.cancel()
            self._head = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Something of a body, which whoever is asked bounds; the lines behind it count as a head."""
        if not self.cycle.response_complete:
            self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._head_bytes = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """More waits for the client than it takes: from now on it must take some."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head = self.loop.call_later(self._all.bounds.head_s, self._give_up_head)

    def _give_up_head(self) -> None:
        self._head = None
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, "too-slow", SLOW.format(self._all.bounds.head_s))

    def _waiting(self) -> int:
        """Bytes that the client has not taken: ours, and the kernel's."""
        own = self.transport.get_write_buffer_size()
        held = bytearray(4)
        with contextlib.suppress(OSError, ValueError):  # the socket is gone
            fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, held)
        return own + int.from_bytes(held, sys.byteorder)

    def _watch_reader(self) -> None:
        waiting = self._waiting()
        self._reading = self.loop.call_later(self._all.bounds.silent_s, self._check_reader, waiting)

    def _check_reader(self, before: int) -> None:
        """Ends a connection whose client took next to nothing; who follows a run comes again and goes on."""
        taken = before - self._waiting()
        if taken >= SLOWEST * self._all.bounds.silent_s:
            self._watch_reader()
            return
        LOG.info("a client took %d bytes within %g s and was cut off", taken, self._all.bounds.silent_s)
        self.transport.abort()

    def _refuse(self, status: HTTPStatus, name: str, detail: str) -> None:
        """Answers with a problem and ends the connection."""
        if self.transport.is_closing():
            return
        LOG.info("connection refused: %s", name)
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # in the middle of an answer nothing else can be said
            return
        kind, title = f"urn:gradwalk:problem:{name}", f"{status.phrase}."
        body = json.dumps({"type": kind, "title": title, "status": status, "detail": detail}).encode()
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "content-type: application/problem+json",
            f"content-length: {len(body)}",
            f"retry-after: {AGAIN_S}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()


Protocol = Callable[..., asyncio.Protocol]
CROWDED = "More connections are open than this server, or this client of it, may have. Close some, or try again in 5 s."
LARGE = "The request's head is larger than 64 KiB. Send fewer or shorter headers, and the source in the body."
SLOW = "The request's head was not there within {:g} s. Send it at once, in one piece."
