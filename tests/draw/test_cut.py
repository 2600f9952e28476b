"""Which nodes of a large graph are drawn."""

from app.draw.cut import CROWDS, cut


def test_what_fits_is_drawn_whole() -> None:
    chosen = cut([0, 1, 2], [(0, 1), (1, 2)], [0], [], 3)
    assert (chosen.drawn, chosen.crowds) == (frozenset({0, 1, 2}), ())


def test_the_nodes_nearest_the_root_are_drawn_and_each_connected_rest_is_a_crowd() -> None:
    """Two chains hang from one root; the rest of each is a crowd."""
    nodes = list(range(101))
    edges = [(0, 1), (0, 51), *((n, n + 1) for n in range(1, 50)), *((n, n + 1) for n in range(51, 100))]
    chosen = cut(nodes, edges, [0], [], CROWDS + 11)
    assert chosen.drawn == {0, 1, 2, 3, 4, 5, 51, 52, 53, 54, 55}
    assert chosen.crowds == (tuple(range(6, 51)), tuple(range(56, 101)))


def test_there_are_never_more_crowds_than_room_for_them() -> None:
    """A root with 500 heads, each of its own."""
    chosen = cut(list(range(501)), [(0, n) for n in range(1, 501)], [0], [], 100)
    assert len(chosen.drawn) + len(chosen.crowds) <= 100
    assert len(chosen.crowds) == CROWDS
    assert sum(map(len, chosen.crowds)) + len(chosen.drawn) == 501
