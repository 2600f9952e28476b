"""Facts -> the mistakes they prove, and behaviour that surprises: each with its cause, its line and what to do."""

from collections.abc import Callable, Iterable
from typing import Literal

from ..events import Mistake
from .edits import Edits
from .facts import Facts
from .things import Spot
from .trouble import Trouble

Severity = Literal["error", "warning", "note"]
Detector = Callable[[Facts], Iterable[Mistake]]


def mistake(
    id: str,
    severity: Severity,
    spot: Spot | None,
    explanation: str,
    fix: str,
    *,
    variable: str | None = None,
    node: int | None = None,
    fixed: str | None = None,
    message: str | None = None,
) -> Mistake:
    """A mistake at a place; `fixed` is the corrected source."""
    return Mistake(
        id=id,
        severity=severity,
        line=spot.line if spot else None,
        column=spot.column if spot else None,
        variable=variable,
        node=node,
        explanation=explanation,
        fix=fix,
        fixed_source=fixed,
        message=message,
    )


def edits_of(facts: Facts) -> Edits | None:
    """The program's text, ready to be corrected; None where it cannot be read."""
    try:
        return Edits(facts.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def first_line(trouble: Trouble) -> str:
    """Torch's own words, without the place in torch's sources that it may add."""
    return trouble.message.partition(" (Triggered internally")[0]


def raised(
    trouble: Trouble,
    id: str,
    explanation: str,
    fix: str,
    *,
    spot: Spot | None = None,
    variable: str | None = None,
    fixed: str | None = None,
) -> Mistake:
    """The mistake behind an exception, in torch's own words, and at the exception's place unless a `spot` is given."""
    where = spot or trouble.spot
    return mistake(id, "error", where, explanation, fix, variable=variable, fixed=fixed, message=first_line(trouble))


Explainer = Callable[[Facts, Trouble], Mistake | None]
Table = tuple[tuple[str, Explainer], ...]
"""Torch's words, as a pattern, and who explains them."""
