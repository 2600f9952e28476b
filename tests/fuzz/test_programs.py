"""Whatever program is written: its run ends once, with an outcome of the contract, and the next run is served."""

import asyncio
import os

from hypothesis import HealthCheck, example, given, settings

from app.runs.local import LocalRunner
from tests.runs.play import play

from .programs import PROGRAMS

EXAMPLES = int(os.environ.get("GRADWALK_FUZZ_EXAMPLES", "40"))
"""`make fuzz` asks for more."""
OUTCOMES = {"ok", "exception", "timeout", "out_of_memory", "output_limit"}
"""What a program that attacks nothing can end as: `crashed` would be a fault of ours."""


def test_any_program_ends_with_an_outcome_of_the_contract_and_the_next_is_served() -> None:
    """One loop for all examples: a runner belongs to the loop it was started in."""
    with asyncio.Runner() as loop:
        runner = LocalRunner()
        loop.run(runner.start())

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=EXAMPLES <= 40,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(PROGRAMS)
        @example("x = torch.ones(2, requires_grad=True)\nraise SystemExit(x)")
        @example("x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    x[0].backward()")
        def ends_well(source: str) -> None:
            told = loop.run(play(runner, source, wall_s=8.0))
            assert told.outcome in OUTCOMES, (source, told.finished)
            assert "fault of Gradwalk" not in told.complained, (source, told.complained)
            assert loop.run(play(runner, "print(torch.ones(2).sum().item())")).printed == "2.0\n"

        try:
            ends_well()
        finally:
            loop.run(runner.close())
