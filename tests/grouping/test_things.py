"""Things of a level, and levels cut into parts."""

from app.grouping.scopes import Scope
from app.grouping.things import FAN, Part, Repeat, cut, start_of, stop_of


def test_a_thing_begins_with_its_first_node_and_ends_behind_its_last() -> None:
    scope = Scope(-1, "f", 7)
    scope.stop = 9
    things = [3, scope, Repeat([3, 4, 5, 6], 2, 3, 7, 0), Part([5, scope], is_line=True)]
    assert [(start_of(thing), stop_of(thing)) for thing in things] == [(3, 4), (7, 9), (3, 7), (5, 9)]


def test_a_level_with_room_is_left_as_it_is() -> None:
    assert cut(range(FAN)) == range(FAN)


def test_a_part_that_holds_too_much_is_cut_again() -> None:
    parts = cut(range(FAN * FAN + 1))
    assert [(part.first, part.size, len(part.items)) for part in parts] == [(0, 801, 21), (801, 800, 20)]
