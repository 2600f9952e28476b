"""What web process and agent say to each other: JSON over HTTP on a Unix socket that only their user may open.

Both ends are ours and of one version, which they compare first. Knows nothing of sockets.
"""

import json
from dataclasses import asdict
from typing import Any

from ..runs.runner import Busy, Health, Refusing
from .agent import Unrecorded, Word

RUN_ID = "x-run-id"
VERSION = "x-version"
STATUS = {Refusing: 503, Unrecorded: 507, Busy: 429}


def encode_word(word: Word, health: Health | None, positions: dict[str, int]) -> bytes:
    """One line of the news; `health` goes along where it is news."""
    told: dict[str, Any] = {"runs": word.runs, "gone": word.gone, "positions": positions}
    if health is not None:
        told["health"] = asdict(health)
    return json.dumps(told).encode() + b"\n"


def decode_word(line: bytes) -> tuple[Word, Health | None, dict[str, int]]:
    """What `encode_word` was given."""
    told = json.loads(line)
    health = Health(**told["health"]) if "health" in told else None
    return Word(told["runs"], tuple(told["gone"])), health, told["positions"]


def encode_refusal(error: Refusing | Unrecorded | Busy) -> tuple[int, dict[str, Any]]:
    """The status and body of an answer that refuses a run."""
    return STATUS[type(error)], {"detail": str(error), "retry_after_s": getattr(error, "retry_after_s", 0)}


def decode_refusal(status: int, body: bytes) -> Refusing | Unrecorded | Busy:
    """The exception that `encode_refusal` was given."""
    told = json.loads(body)
    if status == STATUS[Busy]:
        return Busy(told["retry_after_s"])
    return Unrecorded(told["detail"]) if status == STATUS[Unrecorded] else Refusing(told["detail"])
