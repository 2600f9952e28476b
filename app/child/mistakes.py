"""Tells the mistakes of one program: with the exception that ended it, or those nobody complained about at its end."""

import time
from dataclasses import replace
from types import FrameType
from typing import Any

import torch

from ..autograd import Names, scan
from ..events import ExceptionRaised, Mistake, Outcome, encode, fits
from ..explain import find_mistakes
from .accounts import facts_of
from .instrument import FILENAME
from .intact import FOREIGN
from .outbox import Outbox
from .places import namespaces
from .program import Program
from .readings import no_modes
from .scene import parsed
from .telling import Telling
from .troubles import trouble_of
from .witness import Witness

MAX_TOLD = 20
FIRST_S = 3.0
"""When a program that is still at work is looked at first."""
AGAIN = 4
"""How many times as long it then takes until it is looked at again."""
MAX_SENTENCE, MAX_NAME = 4_000, 1_000
MAX_SOURCE = 250_000


class Mistakes:
    """The mistakes of one program. `top` is its global namespace."""

    def __init__(self, witness: Witness, program: Program, top: dict[str, Any], outbox: Outbox) -> None:
        self.failure: BaseException | None = None
        self._witness = witness
        self._program = program
        self._top = top
        self._outbox = outbox
        self._has_raised = False
        self._told: set[tuple[str, int | None, str | None]] = set()
        self._wait = FIRST_S
        self._due = time.monotonic() + FIRST_S

    def raised(self, error: BaseException, told: ExceptionRaised) -> ExceptionRaised:
        """The exception's event with what is known of its cause; the mistake itself is told before it."""
        self._has_raised = True
        found = self._unnoticed(self._of_exception, error, told)
        worst = next((each for each in found if each.severity == "error"), None)
        for each in found:
            self._tell(each)
        if worst is None:
            return told
        return replace(told, mistake=worst.id, explanation=worst.explanation, fix=worst.fix)

    def glance(self) -> None:
        """The program is still at work: now and then, what is certain by now is told."""
        now = time.monotonic()
        if now < self._due:
            return
        for each in self._unnoticed(self._so_far):
            self._tell(each)
        self._wait *= AGAIN
        self._due = now + self._wait

    def finish(self, outcome: Outcome) -> None:
        """The program is over: tells what went wrong without a word."""
        if not self._has_raised:
            for each in self._unnoticed(self._of_run, outcome):
                self._tell(each)

    def _of_exception(self, error: BaseException, told: ExceptionRaised) -> list[Mistake]:
        telling = self._telling(_frames(error))
        facts = facts_of(telling, self._program.text)
        facts.trouble = trouble_of(error, told.kind, told.message, parsed(self._program.text), telling)
        return find_mistakes(facts)

    def _so_far(self) -> list[Mistake]:
        return find_mistakes(facts_of(self._telling([]), self._program.text), is_over=False)

    def _of_run(self, outcome: Outcome) -> list[Mistake]:
        self._witness.look_at_modules()
        self._witness.passes.settle()
        if outcome is Outcome.OK:  # what ended otherwise may have no time left to try Functions
            self._witness.disagreements = self._witness.customs.disagreements()
        return find_mistakes(facts_of(self._telling([]), self._program.text))

    def _telling(self, frames: list[FrameType]) -> Telling:
        names: Names = scan(namespaces(frames, self._top))
        return Telling(self._witness, names, self._top)

    def _tell(self, found: Mistake) -> None:
        key = found.id, found.line, found.variable
        if key in self._told:
            return
        self._told.add(key)
        self._outbox.send(encode(found))

    def _unnoticed(self, work: Any, *arguments: Any) -> list[Mistake]:
        """What `work` gives; our own failure never becomes the program's."""
        try:
            with torch._C.DisableTorchFunction(), no_modes():
                found: list[Mistake] = work(*arguments)
                return [_fitting(each) for each in found[:MAX_TOLD]]
        except FOREIGN as error:
            self.failure = self.failure or error
            return []


def _fitting(found: Mistake) -> Mistake:
    """The mistake with every text cut to what travels: names of the program's may have any length."""
    return replace(
        found,
        explanation=fits(found.explanation, MAX_SENTENCE),
        fix=fits(found.fix, MAX_SENTENCE),
        variable=found.variable and fits(found.variable, MAX_NAME),
        fixed_source=found.fixed_source if found.fixed_source and len(found.fixed_source) < MAX_SOURCE else None,
        message=None if found.message is None else fits(found.message, MAX_SENTENCE),
    )


def _frames(error: BaseException) -> list[FrameType]:
    """The learner's frames that the exception came through, innermost first."""
    found: list[FrameType] = []
    link = error.__traceback__
    while link is not None:
        if link.tb_frame.f_code.co_filename == FILENAME:
            found.append(link.tb_frame)
        link = link.tb_next
    return found[::-1][:50]
