"""How much goes on, counted from who has what."""

import json
from dataclasses import asdict

from app.runs.load import Load

BUSY = Load.of(
    running=[("anna", True), ("anna", False), ("ben", True)],
    waiting=[("anna", True), ("", False)],
    slots=2,
    queue=64,
    outcomes={"training/ok": 3},
)


def test_runs_are_counted_by_kind_and_by_client() -> None:
    assert (
        Load(
            running={"listed": 2, "unlisted": 1},
            waiting={"listed": 1, "unlisted": 1},
            slots=2,
            queue=64,
            outcomes={"training/ok": 3},
            clients={"": (0, 1), "anna": (2, 1), "ben": (1, 0)},
        )
        == BUSY
    )


def test_it_comes_through_json_as_it_was() -> None:
    assert Load.from_json(json.loads(json.dumps(asdict(BUSY)))) == BUSY
