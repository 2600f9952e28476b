"""Connections that hold a server up: slow heads, endless heads, slow readers, too many. Each is ended; others go on."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from app.connections import LONGEST_HEAD, Connections
from app.settings import Bounds

from .supervised import wait_for
from .web.serving import serve

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 64 * 1024 * 1024


def hello() -> FastAPI:
    """An app that answers at once, and one answer of which is large."""
    app = FastAPI()
    app.get("/")(lambda: "hello")
    app.get("/large")(lambda: Response(bytes(LARGE)))
    app.get("/endless")(lambda: StreamingResponse(endless()))
    return app


async def endless() -> AsyncIterator[bytes]:
    yield b"begun"
    await asyncio.Event().wait()


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def refused(answer: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HT", WHOLE[:-2], WHOLE[:-2] + b"X-A: b\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(sent: bytes) -> None:
    with serve(hello(), Connections(Bounds(head_s=0.2))) as address, connected(address) as connection:
        connection.sendall(sent)
        status, problem = refused(everything(connection))
    assert (status, problem["type"]) == (408, "urn:gradwalk:problem:too-slow")


def test_a_second_request_on_a_connection_is_not_waited_for_either() -> None:
    with serve(hello(), Connections(Bounds(head_s=0.2))) as address, connected(address) as connection:
        connection.sendall(WHOLE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"\r\n")
        assert refused(everything(connection))[0] == 408


def test_a_head_has_a_size() -> None:
    with serve(hello()) as address, connected(address) as connection:
        connection.sendall(WHOLE[:-2])
        piece = b"X-Long: " + b"x" * 1000 + b"\r\n"
        for _ in range(LONGEST_HEAD // len(piece) + 1):
            connection.sendall(piece)
        status, problem = refused(everything(connection))
    assert (status, problem["type"]) == (431, "urn:gradwalk:problem:head-too-large")


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (WHOLE.replace(b"/", b"/endless", 1) + WHOLE[:-2], b"X-Many: " + b"x" * 1000 + b"\r\n"),
        (WHOLE.replace(b"/", b"/endless", 1) + WHOLE[:-2] + b"X-Long: ", b"x" * 1000),
        (
            WHOLE.replace(b"/", b"/endless", 1)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-End: " + b"x" * 1000 + b"\r\n",
        ),
    ],
    ids=["lines behind", "a line behind", "trailers"],
)
def test_a_head_behind_a_request_that_is_still_answered_has_a_size_too(before: bytes, line: bytes) -> None:
    with serve(hello()) as address, connected(address) as connection:
        connection.sendall(before)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(line * (LARGE // len(line)))


def test_a_body_may_be_longer_than_a_head() -> None:
    app = hello()

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    with serve(app) as address:
        assert httpx.post(f"{address}/size", content=bytes(4 * LONGEST_HEAD)).json() == 4 * LONGEST_HEAD


def test_who_reads_nothing_is_cut_off_and_who_reads_gets_all() -> None:
    asked = WHOLE.replace(b"GET /", b"GET /large").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    connections = Connections(Bounds(silent_s=0.3))
    with serve(hello(), connections) as address, connected(address) as idle:
        idle.sendall(asked)
        with connected(address) as busy:
            busy.sendall(asked)
            assert len(everything(busy)) > LARGE
        wait_for(lambda: connections.open == 0)
        assert len(everything(idle)) < LARGE


@pytest.mark.parametrize("bounds", [Bounds(connections=3), Bounds(client_connections=3)])
def test_so_many_connections_and_a_place_is_free_again_when_one_ends(bounds: Bounds) -> None:
    with serve(hello(), Connections(bounds)) as address, ExitStack() as open_ones:
        for _ in range(3):
            open_ones.enter_context(connected(address)).sendall(WHOLE[:-2])
        with connected(address) as crowded:
            status, problem = refused(everything(crowded))
        assert (status, problem["type"]) == (503, "urn:gradwalk:problem:too-many-connections")
        open_ones.close()
        with connected(address) as again:
            again.sendall(WHOLE)
            assert again.recv(65536).split()[1] in (b"200", b"503")


def test_proxies_bring_many_clients_and_are_not_counted_as_one() -> None:
    connections = Connections(Bounds(client_connections=1), exempt=("10.0.0.0/8",))
    assert [connections.enter(address) for address in ("10.0.0.2", "10.0.0.2", "10.9.9.9")] == [True] * 3
    assert [connections.enter(address) for address in ("203.0.113.9", "203.0.113.9")] == [True, False]
    connections.leave("203.0.113.9")
    assert connections.enter("203.0.113.9")


def test_every_address_of_one_household_is_one_client() -> None:
    connections = Connections(Bounds(client_connections=1))
    assert [connections.enter(f"2001:db8:1:{net}::{host}") for net, host in ((2, 3), (2, 4), (3, 4))] == [
        True,
        False,
        True,
    ]
    connections.leave("2001:db8:1:2::3")
    assert connections.enter("2001:db8:1:2::4")
