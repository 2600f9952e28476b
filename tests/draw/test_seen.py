"""Which groups are open."""

from hypothesis import given
from hypothesis import strategies as st

from app.draw.flat import flatten
from app.draw.forest import TOP, Forest, grow
from app.draw.seen import BUDGET, seen, thin
from app.events import Graph

from .graphs import block, transformer, unrolled


def grown(drawn: Graph) -> Forest:
    return grow(flatten(drawn), {})


def opened(drawn: Graph, *expand: str, close: tuple[str, ...] = ()) -> list[int]:
    return sorted(seen(grown(drawn), expand, frozenset(close)).room)


def test_at_first_what_the_graph_says_is_open() -> None:
    assert opened(transformer(4)) == [TOP, 1]


def test_opening_a_group_opens_all_that_holds_it_and_closing_goes_before() -> None:
    assert opened(block(), "g1") == [TOP, 0, 1]
    assert opened(block(), "g1", close=("g0",)) == [TOP]
    assert opened(transformer(4), close=("g1",)) == [TOP]


def test_what_is_unknown_opens_nothing() -> None:
    assert opened(block(), "g99", "nonsense", "7", "g") == [TOP]


def test_what_was_opened_first_closes_where_there_is_no_room_for_all() -> None:
    drawn = unrolled(2000)
    ranges = [group.id for group in drawn.groups if group.label.startswith("calls")]
    both = seen(grown(drawn), ("g0", ranges[3], ranges[40]), frozenset())
    assert sorted(both.room) == [TOP, 0, int(ranges[40][1:])]


def test_around_a_group_too_deep_for_the_room_only_its_neighbours_are_shown() -> None:
    drawn = unrolled(1600, 40)
    deep = [group.id for group in drawn.groups if group.label == "call 700 of 1,600"]
    chosen = seen(grown(drawn), tuple(deep), frozenset())
    assert int(deep[0][1:]) in chosen.room
    total = sum(min(grown(drawn).boxes(level), room) for level, room in chosen.room.items()) - len(chosen.room) + 1
    assert total <= BUDGET


def test_a_node_whose_leaves_are_asked_for_is_unfolded_where_it_is_seen() -> None:
    assert seen(grown(block()), ("1",), frozenset()).unfolded == frozenset()
    assert seen(grown(block()), ("g0", "1"), frozenset()).unfolded == {1}


def test_the_whole_is_everything_open() -> None:
    assert sorted(seen(grown(block()), (), frozenset(), whole=True).room) == [TOP, 0, 1]


@given(st.integers(0, 500), st.lists(st.integers(-3, 500), max_size=40), st.integers(3, 100))
def test_a_thinned_level_never_shows_more_than_it_may(size: int, wanted: list[int], most: int) -> None:
    kept = thin(size, wanted, most)
    runs = len({place for place in range(size) if place not in kept and (place == 0 or place - 1 in kept)})
    assert len(kept) + runs <= most
    assert kept == sorted(set(kept))
    first = [place for place in sorted(set(wanted)) if 0 <= place < size][:1]
    assert set(first) <= set(kept)


def test_what_stands_near_is_kept_and_both_ends() -> None:
    assert thin(100, [50], 9) == [0, 48, 49, 50, 51, 52, 99]
    assert thin(5, [], 9) == [0, 1, 2, 3, 4]
