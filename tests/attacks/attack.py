"""What an attack is: a hostile program as text, and how it must end."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Attack:
    """A program and its only right ending.

    `says` begins what the exception says, and stands in the outcome's sentence where there is none. `printed` is all it
    prints, None where that varies. `before` is a program run just before it, whose traces it looks for.
    """

    source: str
    outcome: str = "ok"
    says: str = ""
    printed: str | None = None
    before: str | None = None
    limits: dict[str, Any] = field(default_factory=dict)


def refused(source: str, says: str = "PermissionError: [Errno ") -> Attack:
    """It ends with an exception that a program can read."""
    return Attack(source, "exception", says)


def harmless(source: str, printed: str = "") -> Attack:
    """It runs to its end, prints just this, and has got nothing by it."""
    return Attack(source, "ok", "ran to its end", printed)


def ends(source: str, outcome: str, says: str = "", **limits: Any) -> Attack:
    """The run is ended with that outcome."""
    return Attack(source, outcome, says, limits=limits)


def after(before: str, source: str, printed: str) -> Attack:
    """`source` looks for what the run before it may have left, and prints what it finds."""
    return Attack(source, "ok", "ran to its end", printed, before)
