"""One line of the bench's table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, the figure, and what was promised. `passed` is None where there is nothing to judge."""

    what: str
    figure: str
    bar: str
    passed: bool | None
