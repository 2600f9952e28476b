"""Tells the mistakes of one program: with the exception that ended it, or those nobody complained about at its end."""

from dataclasses import replace
from types import FrameType
from typing import Any

import torch

from ..autograd import Names, scan
from ..events import ExceptionRaised, Mistake, encode, fits
from ..explain import find_mistakes
from .accounts import facts_of
from .instrument import FILENAME
from .outbox import Outbox
from .places import namespaces
from .program import Program
from .readings import no_modes
from .scene import parsed
from .testimony import Testimony
from .troubles import trouble_of
from .witness import Witness

MAX_TOLD = 20
MAX_SOURCE = 250_000


class Mistakes:
    """The mistakes of one program. `top` is its global namespace."""

    def __init__(self, witness: Witness, program: Program, top: dict[str, Any], outbox: Outbox) -> None:
        self.failure: Exception | None = None
        self._witness = witness
        self._program = program
        self._top = top
        self._outbox = outbox
        self._has_raised = False

    def raised(self, error: BaseException, told: ExceptionRaised) -> ExceptionRaised:
        """The exception's event with what is known of its cause; the mistake itself is told before it."""
        self._has_raised = True
        found = self._unnoticed(self._of_exception, error, told) or []
        worst = next((each for each in found if each.severity == "error"), None)
        for each in found:
            self._tell(each)
        if worst is None:
            return told
        return replace(told, mistake=worst.id, explanation=worst.explanation, fix=worst.fix)

    def finish(self) -> None:
        """The program is over: tells what went wrong without a word."""
        if not self._has_raised:
            for each in self._unnoticed(self._of_run) or []:
                self._tell(each)

    def _of_exception(self, error: BaseException, told: ExceptionRaised) -> list[Mistake]:
        testimony = self._testimony(_frames(error))
        facts = facts_of(testimony, self._program.text)
        facts.trouble = trouble_of(error, told.kind, told.message, parsed(self._program.text), testimony)
        return find_mistakes(facts)

    def _of_run(self) -> list[Mistake]:
        self._witness.look_at_modules()
        self._witness.passes.settle()
        self._witness.disagreements = self._witness.customs.disagreements()
        return find_mistakes(facts_of(self._testimony([]), self._program.text))

    def _testimony(self, frames: list[FrameType]) -> Testimony:
        names: Names = scan(namespaces(frames, self._top))
        return Testimony(self._witness, names, self._top)

    def _tell(self, found: Mistake) -> None:
        source = found.fixed_source if found.fixed_source and len(found.fixed_source) < MAX_SOURCE else None
        message = None if found.message is None else fits(found.message, 4_000)
        self._outbox.send(encode(replace(found, fixed_source=source, message=message)))

    def _unnoticed(self, work: Any, *arguments: Any) -> list[Mistake]:
        """What `work` gives; our own failure never becomes the program's."""
        try:
            with torch._C.DisableTorchFunction(), no_modes():
                found: list[Mistake] = work(*arguments)
                return found[:MAX_TOLD]
        except Exception as error:
            self.failure = self.failure or error
            return []


def _frames(error: BaseException) -> list[FrameType]:
    """The learner's frames that the exception came through, innermost first."""
    found: list[FrameType] = []
    link = error.__traceback__
    while link is not None:
        if link.tb_frame.f_code.co_filename == FILENAME:
            found.append(link.tb_frame)
        link = link.tb_next
    return found[::-1][:50]
