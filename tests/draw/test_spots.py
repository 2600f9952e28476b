"""Where each node is to be seen."""

from app.draw.flat import flatten
from app.draw.forest import TOP, grow
from app.draw.seen import seen
from app.draw.spots import Spots, count_folded, spot_out
from app.events import Graph

from .graphs import block, unrolled


def spots(drawn: Graph, *expand: str) -> Spots:
    forest = grow(flatten(drawn), {})
    return spot_out(forest, seen(forest, expand, frozenset()))


def keys(made: Spots) -> dict[int, list[str]]:
    return {level: list(map(made.key, inside)) for level, inside in made.levels.items()}


def test_a_closed_group_stands_for_all_that_is_in_it() -> None:
    made = spots(block())
    assert keys(made) == {TOP: ["n0", "g0", "n6"]}
    assert [made.key(spot) for spot in made.of] == ["n0", "g0", "g0", "g0", "g0", "g0", "n6"]
    assert count_folded(made) == 0


def test_an_open_one_shows_its_nodes_with_their_leaves_folded() -> None:
    made = spots(block(), "g0")
    assert keys(made) == {TOP: ["n0", "g0", "n6"], 0: ["n1", "g1"]}
    assert count_folded(made) == 1


def test_opening_a_node_gives_its_leaf_a_box() -> None:
    assert keys(spots(block(), "g0", "1")) == {TOP: ["n0", "g0", "n6"], 0: ["n1", "g1", "n2"]}


def test_what_there_is_no_room_for_is_a_crowd_named_after_its_first() -> None:
    drawn = unrolled(4800, 40)
    call = next(group.id for group in drawn.groups if group.label == "call 2405 of 4,800")
    made = spots(drawn, call)
    names = keys(made)[0]
    assert len(names) < 20
    assert sum(len(crowd.spots) for crowd in made.crowds) + len(names) - len(made.crowds) >= 120
    assert [name for name in names if name.startswith("more-g")]
