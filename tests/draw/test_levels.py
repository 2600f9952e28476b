"""The links of each open level, and where they cross its border."""

from app.draw.flat import flatten
from app.draw.forest import TOP, grow
from app.draw.levels import Level, Span, level_out
from app.draw.seen import seen
from app.draw.spots import spot_out
from app.events import Graph

from .graphs import block, graph, leaf, node


def levels(drawn: Graph, *expand: str) -> tuple[dict[int, Level], list[Span]]:
    forest = grow(flatten(drawn), {})
    return level_out(spot_out(forest, seen(forest, expand, frozenset())))


def ends(level: Level) -> list[tuple[str, str]]:
    return [(span.tail, span.head) for span in level.spans.values()]


def test_a_closed_group_is_an_end_of_what_goes_in_and_out() -> None:
    found, pairs = levels(block())
    assert ends(found[TOP]) == [("n0", "g0"), ("g0", "n6")]
    assert [(span.tail, span.head, span.count, span.words) for span in pairs] == [
        ("n0", "g0", 1, ""),
        ("g0", "n6", 2, "× 2"),
    ]
    assert pairs[1].edges == [(1, 0), (3, 0)]


def test_a_link_into_an_open_group_crosses_its_border_at_a_port() -> None:
    found, pairs = levels(block(), "g0")
    assert ends(found[TOP]) == [("n0", "g0"), ("g0", "n6")]
    assert ends(found[0]) == [("", "n1"), ("n1", "g1"), ("n1", ""), ("g1", "")]
    assert {(span.start, span.end) for span in found[0].spans.values() if not span.head} == {("g0", "n6")}
    assert [(span.tail, span.head) for span in pairs] == [("n0", "n1"), ("n1", "g1"), ("n1", "n6"), ("g1", "n6")]


def test_an_output_is_named_where_all_edges_take_the_same() -> None:
    one = Span("a", "b", "a", "b")
    one.carry([(0, 0)], 1, 2)
    assert one.words == "output 2"
    one.carry([(0, 1)], 1, 3)
    assert (one.words, one.output) == ("× 2", None)


def test_of_many_edges_the_first_are_named() -> None:
    many = graph([node(0, "CatBackward0"), node(1, "MulBackward0"), leaf(2, "x")], [(0, 1)] * 100 + [(1, 2)])
    _, (pair,) = levels(many)
    assert (pair.count, len(pair.edges)) == (100, 64)
