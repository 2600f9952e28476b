"""A graph with its groups, ready to choose from."""

from app.draw.flat import flatten
from app.draw.forest import TOP, Forest, grow, recorded

from .graphs import block, transformer, unrolled


def forest() -> Forest:
    return grow(flatten(block()), {})


def test_each_level_has_its_groups_and_its_own_nodes() -> None:
    grown = forest()
    assert grown.children == {TOP: [0], 0: [1]}
    assert {level: list(own) for level, own in grown.own.items()} == {TOP: [0, 6], 0: [1], 1: [3]}


def test_leaves_fold_into_their_users_with_the_views_between() -> None:
    grown = forest()
    assert grown.away == {2: (2,), 4: (4, 5), 5: (5,)}
    assert {user: [head for head, _ in uses] for user, uses in grown.uses.items()} == {1: [2], 3: [4]}
    assert list(zip(grown.tails, grown.heads, strict=True)) == [(0, 1), (1, 3), (1, 6), (3, 6)]


def test_what_is_looked_at_never_folds() -> None:
    assert grow(flatten(block()), {}, frozenset({5})).away == {2: (2,)}


def test_a_groups_path_leads_from_the_outermost() -> None:
    grown = forest()
    assert (grown.path(1), grown.path(TOP)) == ([0, 1], [])
    assert [grown.named(name) for name in ("g1", "g2", "1", "g", "gg", "g-1")] == [1, None, None, None, None, None]


def test_nodes_that_no_record_has_are_counted_where_they_would_stand() -> None:
    assert grow(flatten(transformer(2)), {}).spare == {}
    many = unrolled(500)
    assert grow(flatten(many), {}).spare == {}


def test_the_forest_of_a_record_is_grown_once() -> None:
    columns = flatten(block())
    assert recorded(columns) is recorded(columns)
