"""All that is looked for: of a program that raised the cause of its exception, of any other what went wrong unsaid."""

import re

from ..events import Mistake
from . import (
    arrays,
    building,
    checking,
    cutting,
    dtypes,
    freed,
    gradless,
    hearing,
    holding,
    keeping,
    leafness,
    meeting,
    nonfinite,
    noting,
    ordering,
    overwritten,
    repeating,
    rootless,
    shapes,
    starting,
    unheld,
    vanishing,
)
from .facts import Facts
from .mistakes import Detector

TABLES = (
    *freed.TABLE,
    *overwritten.TABLE,
    *rootless.TABLE,
    *leafness.TABLE,
    *arrays.TABLE,
    *dtypes.TABLE,
    *shapes.TABLE,
    *gradless.TABLE,
    *building.TABLE,
)
"""Torch's words and who explains them; the first that finds evidence does."""
SILENT: tuple[Detector, ...] = (
    *cutting.DETECTORS,
    *repeating.DETECTORS,
    *ordering.DETECTORS,
    *starting.DETECTORS,
    *holding.DETECTORS,
    *unheld.DETECTORS,
    *meeting.DETECTORS,
    *vanishing.DETECTORS,
    *nonfinite.DETECTORS,
    *checking.DETECTORS,
    *keeping.DETECTORS,
    *hearing.DETECTORS,
    *noting.DETECTORS,
)


CERTAIN: tuple[Detector, ...] = (
    repeating.used_again,
    *ordering.DETECTORS[:3],
    *holding.DETECTORS,
    *meeting.DETECTORS,
    *nonfinite.DETECTORS,
    checking.twice_normalised,
    checking.cyclic,
    checking.raw_scores,
    keeping.hidden_changes,
)
"""What cannot be undone by what is still to come."""


def find_mistakes(facts: Facts, *, is_over: bool = True) -> list[Mistake]:
    """The mistakes that the facts prove, the gravest first, each once.

    Of a run that is not over those that are certain by now.
    """
    trouble = facts.trouble
    if trouble is not None:
        for words, explain in TABLES:
            found = explain(facts, trouble) if re.search(words, trouble.message, re.DOTALL) else None
            if found is not None:
                return [found]
        return []
    told: dict[tuple[str, int | None, str | None], Mistake] = {}
    for detector in SILENT if is_over else CERTAIN:
        for each in detector(facts):
            told.setdefault((each.id, each.line, each.variable), each)
    old = {each.line for each in told.values() if each.id == "optimizer-holds-old-tensor"}
    told = {key: each for key, each in told.items() if each.line not in old or not each.id.endswith("-cuts")}
    named = {each.variable for each in told.values() if each.id != "grad-of-nonleaf"}
    told = {key: each for key, each in told.items() if each.id != "grad-of-nonleaf" or each.variable not in named}
    return sorted(told.values(), key=lambda each: ("error", "warning", "note").index(each.severity))
