"""How much goes on in an agent: what its door tells each web process, and what a monitor reads there.

Knows nothing of what runs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = {True: "listed", False: "unlisted"}
"""Runs on record, and those that answer while a person types."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many runs go on and how many wait, of each kind and of each client.

    `outcomes` counts how runs ended since the agent began, by "preset/outcome"; `slots` and `queue` are the bounds of
    each kind; `clients` has, for each who has a run under way, how many run and how many wait.
    """

    running: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    slots: int = 0
    queue: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    clients: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @staticmethod
    def of(
        *,
        running: Iterable[tuple[str, bool]],
        waiting: Iterable[tuple[str, bool]],
        slots: int,
        queue: int,
        outcomes: Mapping[str, int],
    ) -> "Load":
        """The load of runs that are given as (client, whether listed)."""
        going, queued = list(running), list(waiting)
        goes, waits = Counter(client for client, _ in going), Counter(client for client, _ in queued)
        return Load(
            running=_by_kind(going),
            waiting=_by_kind(queued),
            slots=slots,
            queue=queue,
            outcomes=dict(outcomes),
            clients={client: (goes[client], waits[client]) for client in sorted({*goes, *waits})},
        )

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> "Load":
        """What `dataclasses.asdict` made of one, after a way as JSON."""
        return Load(**{**told, "clients": {name: tuple(pair) for name, pair in told["clients"].items()}})


def in_turn(waiting: Iterable[tuple[str, str]], going: Iterable[str]) -> list[str]:
    """The ids of runs that wait, given as (client, id), as they will start: first who has fewest of those `going`."""
    turns = Counter(going)
    ranked: list[tuple[int, int, str]] = []
    for number, (client, run_id) in enumerate(waiting):
        ranked.append((turns[client], number, run_id))
        turns[client] += 1
    return [run_id for _, _, run_id in sorted(ranked)]


def _by_kind(runs: list[tuple[str, bool]]) -> dict[str, int]:
    counted = Counter(listed for _, listed in runs)
    return {name: counted[listed] for listed, name in KINDS.items()}
