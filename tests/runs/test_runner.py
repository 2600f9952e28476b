"""The first and the last line, and what the exceptions say."""

from datetime import datetime

from app.events import Finished, Outcome, Started, decode
from app.runs.runner import Busy, Health, UnknownRun, finished_line, refusal, started_line

from .play import request


def test_a_first_line_names_the_run_and_when_it_began() -> None:
    kind, line = started_line("r1", request("x"), Health(state="ready", python="3.11.7", torch="2.13.0"))
    started = decode(line, Started)
    assert (kind, started.run_id, started.preset, started.python) == ("started", "r1", "expression", "3.11.7")
    assert datetime.fromisoformat(started.started_at).utcoffset() is not None


def test_a_last_line_is_cut_to_what_the_wire_takes() -> None:
    kind, line = finished_line(Outcome.OK, "x" * 9_000, events=1)
    assert (kind, len(decode(line, Finished).detail)) == ("finished", 4_000)


def test_every_refusal_says_what_to_do_next() -> None:
    assert str(Busy(7)) == "Too many runs are waiting. Try again in 7 s."
    assert str(UnknownRun("r1")) == "There is no run 'r1': it was deleted or has expired. Run the program again."
    assert refusal("Why.").detail.startswith("Programs are not run here. Why. Run the server on Linux")
