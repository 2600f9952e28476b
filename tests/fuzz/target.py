"""What is looked at: any bytes, taken for a line of a child's, a request, or the columns of a record."""

import asyncio
import base64
import contextlib
import json
import zlib
from dataclasses import replace
from typing import Any

from app.draw.part import inside
from app.draw.search import search
from app.events import EXPRESSION, ChildEvent, Ended, Event, Graph, WireError, decode, decode_request, encode, unpack
from app.runs.intake import Intake

ANY = Event | ChildEvent | Ended
LIMITS = replace(EXPRESSION, events=50, stdout_bytes=4096)
EMPTY = Graph(index=0, reason="final", line=None, roots=(), nodes=(), edges=(), total_nodes=0, truncated=False)


def look(data: bytes) -> None:
    """Whatever these bytes are, they are taken or refused in the one way that is promised."""
    _as_line(data)
    _as_request(data)
    _as_columns(data)
    _as_a_childs_results(data)


def _as_line(data: bytes) -> None:
    for older in (False, True):
        with contextlib.suppress(WireError):
            event: Any = decode(data, ANY, older=older)
            again = encode(event)
            assert encode(decode(again, ANY)) == again
            again.decode("ascii")


def _as_request(data: bytes) -> None:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        decode_request(data)


def _as_columns(data: bytes) -> None:
    packed = base64.b64encode(zlib.compress(data, 1)).decode()
    for text in (packed, data.decode("latin-1")):
        with contextlib.suppress(WireError):
            columns = unpack(text)
            search(EMPTY, columns, "a", 5)
            inside(EMPTY, columns, "g0")


def _as_a_childs_results(data: bytes) -> None:
    told = asyncio.run(_taken(data))
    for kind, line in told:
        assert b"\n" not in line
        assert b"\r" not in line
        assert json.loads(line)["type"] == kind


async def _taken(data: bytes) -> list[tuple[str, bytes]]:
    intake = Intake(LIMITS, lambda: None)
    for start in range(0, len(data), 97):
        intake.add_results(data[start : start + 97])
    intake.flush(final=True)
    intake.close()
    return list(intake.lines)
