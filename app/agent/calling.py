"""HTTP calls through a Unix socket, on asyncio's own streams.

httpcore's way to a Unix socket complains on the event loop when a call is given up in the moment its answer arrives,
which is what a person who types on does all day; so the way is our own and the HTTP is httpcore's.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore

MOST_IDLE = 20
SERVER = "x-server"
"""The header with the name of the server whose web process or supervisor asks: one server's several count as one."""
FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError)
"""What a call raises that came to nothing."""


Headers = Sequence[tuple[bytes | str, bytes | str]]


class Caller:
    """Calls what listens on a Unix socket."""

    def __init__(self, path: Path) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            uds=str(path), network_backend=_Backend(), max_connections=None, max_keepalive_connections=MOST_IDLE
        )

    async def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Headers = (),
        *,
        within_s: float | None = None,
    ) -> httpcore.Response:
        """The whole answer. Raises: one of FAILURES."""
        timeout = {"timeout": {"read": within_s}}
        return await self._pool.request(
            method, f"http://agent{path}", content=content, headers=headers, extensions=timeout
        )

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Headers = (),
    ) -> AsyncIterator[httpcore.Response]:
        """An answer that is read as it comes. Raises: one of FAILURES."""
        async with self._pool.stream(method, f"http://agent{path}", content=content, headers=headers) as answer:
            yield answer

    async def close(self) -> None:
        """Hangs up."""
        await self._pool.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 may swallow a cancellation
                return await self._reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise NotImplementedError("a socket of this machine needs no TLS")

    def get_extra_info(self, info: str) -> Any:
        # httpcore asks before it uses a connection again: one that can be read without a question was closed.
        return self._reader.at_eof() or None if info == "is_readable" else None


class _Backend(httpcore.AsyncNetworkBackend):
    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Stream(*await asyncio.open_unix_connection(path, limit=1 << 20))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
