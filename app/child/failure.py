"""An exception -> its event: torch's or Python's own words, the learner's line, the learner's frames."""

import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TypeGuard

from ..events import ExceptionRaised, Outcome, fits
from ..explain import Failure, explain_failure
from .instrument import FILENAME

MAX_MESSAGE = 20_000
MAX_TRACEBACK = 50_000
MAX_SENTENCE = 4_000
UNREADABLE = "(the exception's own __str__ failed)"
MEMORY_WORDS = ("can't allocate memory", "Unable to allocate", "std::bad_alloc")


def describe_failure(error: BaseException) -> ExceptionRaised:
    """The event for an exception that ended the program."""
    kind = kind_of(error)
    message = _message(error)
    line, column = _place(error)
    libraries = tuple(link.tb_frame.f_code.co_filename.replace("\\", "/") for link in _frames(error.__traceback__))
    path = getattr(error, "filename", None) if isinstance(error, OSError) else None
    failure = Failure(
        kind=kind, message=message, libraries=libraries, path=path if isinstance(path, str) else None, line=line
    )
    explained = explain_failure(failure)
    return ExceptionRaised(
        kind=fits(kind, 200),
        message=fits(message, MAX_MESSAGE),
        line=line,
        column=column,
        traceback=fits(_traceback(error), MAX_TRACEBACK),
        explanation=fits(explained.explanation, MAX_SENTENCE) if explained else None,
        fix=fits(explained.fix, MAX_SENTENCE) if explained else None,
    )


def kind_of(error: BaseException) -> str:
    """The name of its class, which a metaclass of the learner's cannot change."""
    return str(type.__dict__["__name__"].__get__(type(error)))


def unreadable(error: BaseException) -> ExceptionRaised:
    """The event for an exception of which nothing but its kind can be told."""
    return ExceptionRaised(kind=fits(kind_of(error), 200), message=UNREADABLE, line=None, column=None, traceback="")


def briefly(error: BaseException) -> str:
    """Its kind and its words, in one short line."""
    return fits(f"{kind_of(error)}: {_message(error)}".partition("\n")[0], 300)


def outcome_of(error: BaseException) -> Outcome:
    """`out_of_memory` where the allocator said so, else `exception`."""
    is_memory = isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in _message(error) for words in MEMORY_WORDS)
    )
    return Outcome.OUT_OF_MEMORY if is_memory else Outcome.EXCEPTION


def frames_of(error: BaseException) -> list[FrameType]:
    """The learner's frames that an exception went through, the innermost first."""
    frames = [link.tb_frame for link in _frames(error.__traceback__)]
    return [frame for frame in reversed(frames) if frame.f_code.co_filename == FILENAME]


def _message(error: BaseException) -> str:
    """The exception's own words. Its `__str__` may be the learner's, and may fail."""
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # the program is over: nothing of ours is on its way through here
        return UNREADABLE


def _frames(link: TracebackType | None) -> Iterator[TracebackType]:
    """The links of a traceback, outermost first."""
    while link is not None:
        yield link
        link = link.tb_next


def _place(error: BaseException) -> tuple[int | None, int | None]:
    """The innermost line and column of the learner's source, columns from 0 in characters."""
    if isinstance(error, SyntaxError) and error.filename == FILENAME and _is_place(error.lineno):
        return error.lineno, error.offset - 1 if _is_place(error.offset) else 0
    place: tuple[int | None, int | None] = (None, None)
    for link in _frames(error.__traceback__):
        code = link.tb_frame.f_code
        if code.co_filename == FILENAME:
            positions = list(code.co_positions())
            column = positions[link.tb_lasti // 2][2] if 0 <= link.tb_lasti // 2 < len(positions) else None
            place = link.tb_lineno, column
    return place


def _is_place(number: object) -> TypeGuard[int]:
    """Whether it is a line or a column: a program may raise a SyntaxError with anything in their places."""
    return type(number) is int and 0 < number < 2**31


def _traceback(error: BaseException) -> str:
    told = traceback.TracebackException.from_exception(error, compact=True)
    _only_learners(told, 0)
    return "".join(told.format())


def _only_learners(told: traceback.TracebackException, depth: int) -> None:
    """Drops library frames from a traceback and from those it came from."""
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename == FILENAME])
    for earlier in (told.__cause__, told.__context__):
        if earlier is not None and depth < 20:
            _only_learners(earlier, depth + 1)
