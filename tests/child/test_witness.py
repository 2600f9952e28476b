"""What the witness hears and counts beside the marks."""

import warnings

from app.child.provenance import Provenance
from app.child.witness import Turns, Witness


def witness() -> Witness:
    return Witness(Provenance([]))


def test_warnings_are_heard_and_shown_as_ever() -> None:
    seen, shown = witness(), []
    original = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda *told, **_: shown.append(told)
        with seen.hearing():
            warnings.warn("watch out", UserWarning, stacklevel=1)
    assert warnings.showwarning is original
    assert ([category for category, _, _ in seen.heard], len(shown)) == (["UserWarning"], 1)


def test_growth_is_counted_until_there_is_no_number() -> None:
    seen = witness()
    for value in (3.0, 1.0, 2.0, 4.0, float("inf"), 5.0):
        seen.turn(7, value)
    turns = seen.turns[7]
    assert isinstance(turns, Turns)
    assert (turns.first, turns.count, turns.grew, turns.ended) == (3.0, 6, 2, 5)
