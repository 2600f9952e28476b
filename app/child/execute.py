"""Runs the learner's source inside the confined child and tells what autograd did.

The order of events: what was seen at each backward, the exception if one ended the program, what is left at the end,
and `Ended` as the last word. Never raises: whatever the program does, there is an outcome.
"""

import resource
import signal
import sys
import time
import types
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

from ..events import Ended, Outcome, RunRequest, encode
from ..words import say, speak
from .curves import Curves
from .failure import briefly, describe_failure, frames_of, outcome_of, unreadable
from .frames import Frames
from .intact import IntactBuiltins
from .lend import lend
from .looks import Looks
from .mistakes import Mistakes
from .observe import Observer
from .outbox import Outbox
from .pace import Pace
from .program import Program, compile_program
from .provenance import Provenance
from .recording import Reached, Recordings
from .reserve import RESERVE
from .script import Script
from .seeds import sow
from .stack import alone_on_the_stack
from .streams import heard

Send = Callable[[bytes], None]


class Interrupted(BaseException):
    """Raised in the program's own code when a limit or a person ends it."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


def execute(request: RunRequest, send: Send, script: Script | None = None) -> None:
    """Runs `request.source` and sends encoded events, a line each, the last of them `Ended`. Never raises.

    A `script` is a person's own: it gets what Python would give it.
    """
    before, started = _peak_bytes(), time.process_time()
    outbox = Outbox(send)
    top = _fresh_main()
    if script is not None:
        script.settle(top)
    speak(request.language)
    if request.seed is not None:
        sow(request.seed)
    try:
        _listen()
        outcome, detail = _compiled(request, top, outbox, script is not None)
    except Interrupted as interruption:  # before the program's first statement
        outcome, detail = interruption.outcome, str(interruption)
        _quiet()
    outbox.muted = False
    outbox.send(
        encode(
            Ended(
                outcome=outcome,
                detail=detail,
                cpu_ms=(time.process_time() - started) * 1000,
                peak_memory_bytes=max(0, _peak_bytes() - before),
            )
        )
    )


def _compiled(request: RunRequest, top: dict[str, Any], outbox: Outbox, own: bool) -> tuple[Outcome, str]:
    try:
        program = compile_program(request.source)
    except Interrupted:
        raise
    except MemoryError as error:  # so Python's parser calls a program that nests past its own stack
        detail = say(
            "The program nests too deep to be read: Python's parser gave up with a MemoryError. Split the expression "
            "into several statements."
        )
        outbox.send(encode(replace(describe_failure(error), explanation=detail, fix=None)))
        return Outcome.EXCEPTION, detail
    except BaseException as error:
        return _failed(error, outbox)
    pace = Pace(request.steps_per_s) if request.steps_per_s else None
    return _observed(program, top, outbox, pace, request, own)


def _observed(
    program: Program, top: dict[str, Any], outbox: Outbox, pace: Pace | None, request: RunRequest, own: bool
) -> tuple[Outcome, str]:
    for note in program.notes:
        print(note, file=sys.stderr)
    curves = Curves(program.foresight, Frames(outbox.send), pace)
    provenance = Provenance(program.sites, Looks(program.sites, reads_locals=program.reads_locals))
    provenance.glance = curves.glance
    recordings = Recordings(request.recording, curves.lengths, request.rerun)
    observer = Observer(provenance, top, outbox, curves, recordings)
    lend(outbox.send, curves.lent(), own=own)
    mistakes = Mistakes(observer.witness, program, top, outbox)
    observer.reports.on_told = mistakes.glance
    with heard(curves.heard):
        outcome, detail = _run(program, provenance.noting(curves.complete), observer, top, outbox, mistakes)
    stumbled: BaseException | None = None
    if request.rerun is None:
        in_time = outcome in (Outcome.OK, Outcome.EXCEPTION)
        for finish in (
            partial(curves.finish, top),
            partial(observer.finish, in_time=in_time),
            partial(mistakes.finish, outcome),
        ):
            stumbled = _stumbling(finish) or stumbled
    failure = observer.failure or curves.failure or provenance.failure or mistakes.failure or stumbled
    if failure is not None:
        _stumbling(partial(_admit, failure))
    return outcome, detail


def _stumbling(work: Callable[[], None]) -> BaseException | None:
    """What kept work from being done: the program is over, so all it can raise comes from what it left behind."""
    try:
        work()
    except BaseException as error:
        return error
    return None


def _admit(failure: BaseException) -> None:
    """Tells that something could not be told."""
    words = say(
        "Gradwalk could not read part of this run ({failure}). A program that replaces parts of Python or torch causes "
        "that; where none is replaced it is a fault of Gradwalk's.",
        failure=briefly(failure),
    )
    print(words, file=sys.stderr)


def _run(
    program: Program,
    noting: AbstractContextManager[None],
    observer: Observer,
    top: dict[str, Any],
    outbox: Outbox,
    mistakes: Mistakes,
) -> tuple[Outcome, str]:
    try:
        with noting, observer.watching(), observer.witness.hearing(), alone_on_the_stack(), IntactBuiltins():
            exec(program.code, top)  # noqa: S102  # this process is confined for it
    except Interrupted as interruption:
        observer.stopped_in = frames_of(interruption)
        return interruption.outcome, str(interruption)
    except Reached:
        return Outcome.OK, ""
    except SystemExit as leaving:
        code: Any = leaving.code  # whatever the program gave it: a tensor, for one, is neither equal to 0 nor not
        if code is None or (isinstance(code, int) and code == 0):
            return Outcome.OK, ""
        _quiet()
        if not isinstance(code, int):
            _stumbling(partial(print, code, file=sys.stderr))
        return _failed(leaving, outbox)
    except BaseException as error:
        RESERVE.release()
        _quiet()
        outcome, detail = _failed(error, outbox, mistakes)
        if outcome is not Outcome.EXCEPTION:
            observer.stopped_in = frames_of(error)
        return outcome, detail
    finally:
        _quiet()
    return Outcome.OK, ""


def _failed(error: BaseException, outbox: Outbox, mistakes: Mistakes | None = None) -> tuple[Outcome, str]:
    """Tells the exception; gives the outcome and, for an exception, its sentence."""
    try:
        told = describe_failure(error)
        if mistakes is not None:
            told = mistakes.raised(error, told)
    except BaseException:
        told = unreadable(error)
    outbox.muted = False
    outbox.send(encode(told))
    outcome = outcome_of(error)
    if outcome is not Outcome.EXCEPTION:
        return outcome, ""
    if told.line is None:
        return outcome, say(
            "The program raised {kind} and did not catch it; the exception's words say why.", kind=told.kind
        )
    return outcome, say(
        "The program raised {kind} on line {line} and did not catch it; the exception's words say why.",
        kind=told.kind,
        line=told.line,
    )


def _fresh_main() -> dict[str, Any]:
    """The namespace of a fresh `__main__`, as a script has it."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["main.py"]
    return vars(main)


def _listen() -> None:
    """From here on a stop and the CPU limit end the program by an exception, so that there is time to report."""

    def stop(*_: object) -> None:
        raise Interrupted(Outcome.STOPPED, "")

    def out_of_time(*_: object) -> None:
        raise Interrupted(Outcome.TIMEOUT, "")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGXCPU, out_of_time)


def _quiet() -> None:
    """The program is over: tracing it left on, and signals, must not disturb the report."""
    sys.settrace(None)
    sys.setprofile(None)
    for number in (signal.SIGTERM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
