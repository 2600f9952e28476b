"""An exception -> its event: torch's or Python's own words, the learner's line, the learner's frames."""

import traceback
from collections.abc import Iterator
from types import TracebackType

from ..events import ExceptionRaised, Outcome, fits
from ..explain import Failure, explain_failure
from .instrument import FILENAME

MAX_MESSAGE = 20_000
MAX_TRACEBACK = 50_000
MEMORY_WORDS = ("can't allocate memory", "Unable to allocate", "std::bad_alloc")


def describe_failure(error: BaseException) -> ExceptionRaised:
    """The event for an exception that ended the program."""
    kind = type.__dict__["__name__"].__get__(type(error))
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
        explanation=explained.explanation if explained else None,
        fix=explained.fix if explained else None,
    )


def outcome_of(error: BaseException) -> Outcome:
    """`out_of_memory` where the allocator said so, else `exception`."""
    is_memory = isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in _message(error) for words in MEMORY_WORDS)
    )
    return Outcome.OUT_OF_MEMORY if is_memory else Outcome.EXCEPTION


def _message(error: BaseException) -> str:
    """The exception's own words. Its `__str__` may be the learner's, and may fail."""
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:
        return "(the exception's own __str__ failed)"


def _frames(link: TracebackType | None) -> Iterator[TracebackType]:
    """The links of a traceback, outermost first."""
    while link is not None:
        yield link
        link = link.tb_next


def _place(error: BaseException) -> tuple[int | None, int | None]:
    """The innermost line and column of the learner's source, columns from 0 in characters."""
    if isinstance(error, SyntaxError) and error.filename == FILENAME and error.lineno:
        return error.lineno, max(0, (error.offset or 1) - 1)
    place: tuple[int | None, int | None] = (None, None)
    for link in _frames(error.__traceback__):
        code = link.tb_frame.f_code
        if code.co_filename == FILENAME:
            positions = list(code.co_positions())
            column = positions[link.tb_lasti // 2][2] if 0 <= link.tb_lasti // 2 < len(positions) else None
            place = link.tb_lineno, column
    return place


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
