"""Where a server listens, and the address a person opens."""

import asyncio
import socket

import pytest

from app.settings import Settings
from app.sockets import address, listen


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")]
)
def test_the_address_can_be_opened_on_this_machine(host: str, shown: str) -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        assert address(Settings(host=host), listening) == f"http://{shown}:{port}/"


def test_the_address_carries_the_token_where_there_is_one_to_know() -> None:
    with listen("127.0.0.1", 0) as listening:
        place = address(Settings(unsafe_no_sandbox=True, token="t" * 16), listening)
        assert place.endswith(f"/?token={'t' * 16}")


def test_a_port_in_use_is_refused() -> None:
    with listen("127.0.0.1", 0) as listening, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", listening.getsockname()[1])


@pytest.mark.anyio
async def test_an_answer_is_sent_at_once_and_not_held_back_for_an_acknowledgement() -> None:
    nodelay: asyncio.Queue[int] = asyncio.Queue()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        nodelay.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(accept, sock=listen("127.0.0.1", 0))
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await nodelay.get() != 0
        writer.close()
