"""What a run's end is called, and the sentence that goes with it: never a cause without evidence."""

import signal
from typing import Any

import pytest

from app.events import Ended, Outcome
from app.runs.verdict import Evidence, judge

from .play import request


def ended(outcome: Outcome, detail: str = "") -> Ended:
    return Ended(outcome=outcome, detail=detail, cpu_ms=1.0, peak_memory_bytes=1)


def of(**known: Any) -> tuple[str, str]:
    outcome, detail = judge(Evidence(request("x"), **known))
    return str(outcome), detail


def test_the_childs_last_word_counts_when_nothing_speaks_against_it() -> None:
    assert of(ended=ended(Outcome.OK)) == ("ok", "The program ran to its end.")
    assert of(ended=ended(Outcome.EXCEPTION, "It raised.")) == ("exception", "It raised.")


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({"stop_asked": True, "deadline": True, "machine_lost": True}, "stopped"),
        ({"machine_lost": True}, "interrupted"),
        ({"deadline": True}, "timeout"),
        ({"flooded": True}, "output_limit"),
        ({"broken": "no type"}, "crashed"),
    ],
)
def test_what_the_server_knows_itself_counts_more(known: dict[str, Any], outcome: str) -> None:
    assert of(ended=ended(Outcome.OK), status=0, **known)[0] == outcome


@pytest.mark.parametrize("claim", [Outcome.STOPPED, Outcome.INTERRUPTED, Outcome.OUTPUT_LIMIT, Outcome.CRASHED])
def test_a_child_cannot_claim_what_only_the_server_does(claim: Outcome) -> None:
    assert of(ended=ended(claim))[0] == "crashed"


def test_limits_are_named_with_their_settings() -> None:
    assert of(deadline=True) == (
        "timeout",
        "The run was ended after 10 s on the clock (wall time), its limit. Do less in one run, or start the server with "
        "a larger GRADWALK_EXPRESSION_WALL_S.",
    )
    assert of(ended=ended(Outcome.TIMEOUT)) == (
        "timeout",
        "The run was ended after 5 s of computing (CPU time), its limit. Do less in one run, or start the server with a "
        "larger GRADWALK_EXPRESSION_CPU_S.",
    )


def test_a_kill_is_called_out_of_memory_only_where_the_kernel_says_so() -> None:
    killed = int(signal.SIGKILL)
    assert of(status=killed, cpu_ms=100.0)[0] == "crashed"
    assert of(status=killed, cpu_ms=100.0, oom_killed=True)[0] == "out_of_memory"
    assert of(status=killed, cpu_ms=6000.0, oom_killed=True)[0] == "timeout"


def test_an_exit_without_a_last_word_is_a_crash_and_says_its_status() -> None:
    assert of(status=7 << 8) == (
        "crashed",
        "The program ended with exit status 7 before it could report its variables: os._exit() and native libraries "
        "that exit do that. Let it run to its end, or use sys.exit().",
    )


@pytest.mark.parametrize("number", sorted(signal.valid_signals() - {0} - set(range(32, 65))))
def test_every_signal_has_a_name_and_a_next_step(number: int) -> None:
    outcome, detail = of(status=int(number), cpu_ms=1.0)
    name = signal.Signals(number).name
    assert outcome == ("timeout" if name == "SIGXCPU" else "crashed")
    assert name in detail or name == "SIGXCPU"
    assert detail.endswith(".")


def test_a_lost_zygote_and_a_failed_fork_say_what_to_do() -> None:
    assert of(zygote_lost=True) == (
        "crashed",
        "The process that starts programs ended, and this run with it. It is started again by itself: run the program "
        "again.",
    )
    assert of(failed="Cannot allocate memory")[1] == (
        "The run could not be started: Cannot allocate memory. Wait for other runs to end; try again."
    )
