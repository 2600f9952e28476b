"""Fingerprints tell equal stretches of nodes from others, whatever stands around them."""

import numpy as np

from app.grouping.prints import Prints, mixed

STEPS = 4


def prints(tokens: list[int], edges: list[tuple[int, int]]) -> Prints:
    """Shapes: each edge as (tail, head), by tail."""
    tails, heads = (np.array([edge[end] for edge in edges], np.int64) for end in (0, 1))
    return Prints(mixed(np.array(tokens)), tails, heads, np.zeros(len(edges), np.int64))


def blocks(told: Prints, size: int, count: int) -> list[int]:
    starts = np.arange(count) * size
    return list(map(int, told.of(starts, starts + size)))


def test_the_same_nodes_and_edges_are_the_same_wherever_they_stand() -> None:
    chain = prints([1, 2, 3] * STEPS, [(tail, tail - 1) for tail in range(1, 3 * STEPS)])
    assert len(set(blocks(chain, 3, STEPS))) == 1


def test_the_order_of_the_nodes_matters() -> None:
    first, second = blocks(prints([1, 2, 2, 1], []), 2, 2)
    assert first != second


def test_an_edge_inside_matters_and_one_that_leads_out_does_not() -> None:
    inside, out, none, also_inside = blocks(prints([1] * 8, [(1, 0), (3, 0), (7, 6)]), 2, 4)
    assert inside == also_inside != out
    assert out == none


def test_a_stretch_of_nothing_is_not_one_of_something() -> None:
    empty, one = prints([0, 0], []).of([0, 0], [0, 1]).tolist()
    assert empty != one
