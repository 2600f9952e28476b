"""What a program does to the built-ins ends with it."""

import builtins
from typing import Any

import pytest

from app.child.intact import IntactBuiltins

live: dict[str, Any] = vars(builtins)


def test_what_was_replaced_or_taken_is_there_again_and_what_was_added_stays() -> None:
    before = live.copy()
    with IntactBuiltins():
        live["added"] = 1
        live["len"] = None
        del live["sum"]
    assert live.pop("added") == 1
    assert live == before


def test_it_works_where_nothing_is_left() -> None:
    before = live.copy()
    with pytest.raises(NameError), IntactBuiltins():
        _take_all()
    assert live == before


def _take_all() -> None:
    live.clear()
    print("never")
