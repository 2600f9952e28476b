"""How the server is, as the OpenAPI document describes it: for anybody, and for operators."""

from typing import Literal

from pydantic import BaseModel


class Queue(BaseModel):
    """How many runs go on and wait, listed ones and the unlisted that answer while a person types.

    `slots` and `bound` are how many of each kind may run and wait.
    """

    running: dict[str, int]
    waiting: dict[str, int]
    slots: int
    bound: int


class HealthRecord(BaseModel):
    """Whether programs can be run, and behind which walls."""

    state: Literal["starting", "ready", "refusing"]
    tier: str | None
    layers: dict[str, bool]
    selftest: dict[str, bool]
    detail: str
    python: str | None
    torch: str | None
    unsafe: bool
    version: str
    queue: Queue


class ClientRecord(BaseModel):
    """What one client has open: a user where users are known, else an address."""

    client: str
    running: int
    waiting: int
    streams: int


class OperatorRecord(BaseModel):
    """What an operator sees.

    `outcomes` counts how runs ended since the agent began, by "preset/outcome"; `limits` are those of each preset;
    `bounds` what the server and one client of it may have at once, 0 meaning without bound.
    """

    health: HealthRecord
    outcomes: dict[str, int]
    clients: list[ClientRecord]
    streams: int
    limits: dict[str, dict[str, float]]
    bounds: dict[str, float]
