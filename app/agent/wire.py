"""What web process and agent say to each other: JSON over HTTP on a Unix socket that only their user may open.

Both ends are ours and of one version, which they compare first. Knows nothing of sockets.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, unquote

from ..runs.load import Load
from ..runs.runner import Busy, Health, Refusing
from .agent import Client, Unrecorded, Word

RUN_ID = "x-run-id"
CLIENT, OWNER = "x-client", "x-owner"
VERSION = "x-version"
STATUS = {Refusing: 503, Unrecorded: 507, Busy: 429}


def headers_of(client: Client) -> list[tuple[str, str]]:
    """Whose run it is, in headers that any text fits into."""
    owner = [] if client.owner is None else [(OWNER, quote(client.owner))]
    return [(CLIENT, quote(client.name)), *owner]


def client_of(headers: Mapping[str, str]) -> Client:
    """What `headers_of` was given."""
    owner = headers.get(OWNER)
    return Client(unquote(headers.get(CLIENT, "")), None if owner is None else unquote(owner))


def encode_word(word: Word, health: Health | None, positions: dict[str, int], load: Load) -> bytes:
    """One line of the news; `health` goes along where it is news."""
    told: dict[str, Any] = {"runs": word.runs, "gone": word.gone, "positions": positions, "load": asdict(load)}
    if health is not None:
        told["health"] = asdict(health)
    return json.dumps(told).encode() + b"\n"


def decode_word(line: bytes) -> tuple[Word, Health | None, dict[str, int], Load]:
    """What `encode_word` was given."""
    told = json.loads(line)
    health = Health(**told["health"]) if "health" in told else None
    return Word(told["runs"], tuple(told["gone"])), health, told["positions"], Load.from_json(told["load"])


def encode_refusal(error: Refusing | Unrecorded | Busy) -> tuple[int, dict[str, Any]]:
    """The status and body of an answer that refuses a run."""
    more = {name: getattr(error, name, 0) for name in ("retry_after_s", "mine")}
    return STATUS[type(error)], {"detail": str(error), **more}


def decode_refusal(status: int, body: bytes) -> Refusing | Unrecorded | Busy:
    """The exception that `encode_refusal` was given."""
    told = json.loads(body)
    if status == STATUS[Busy]:
        return Busy(told["retry_after_s"], mine=told["mine"])
    return Unrecorded(told["detail"]) if status == STATUS[Unrecorded] else Refusing(told["detail"])
