"""Spans of sequence numbers and who owns them."""

import numpy as np

from app.child.tiling import ENDLESS, NOWHERE, Tiling


def tiling(*spans: tuple[int, int]) -> Tiling:
    tiles = Tiling()
    for start, owner in spans:
        tiles.starts.append(start)
        tiles.owners.append(owner)
    return tiles


def test_a_number_belongs_to_the_span_that_holds_it() -> None:
    tiles = tiling((10, 0), (12, 1), (20, 2))
    assert [tiles.owner_of(number) for number in (9, 10, 11, 12, 19, 25)] == [NOWHERE, 0, 0, 1, 1, 2]


def test_a_span_ends_where_the_next_begins() -> None:
    tiles = tiling((10, 0), (12, 1))
    assert (tiles.ends_at(11), tiles.ends_at(12)) == (12, None)


def test_forgetting_drops_the_older_half() -> None:
    tiles = tiling((10, 0), (12, 1), (14, 2), (16, 3))
    tiles.forget_half()
    assert (tiles.owner_of(11), tiles.owner_of(15)) == (NOWHERE, 2)


def test_many_numbers_are_looked_up_as_one_is() -> None:
    tiles = tiling((10, 0), (12, 1), (12, 4), (20, 2))
    asked = [9, 10, 11, 12, 19, 20, 25]
    owners, ends = tiles.owners_of(np.array(asked))
    assert owners.tolist() == [tiles.owner_of(number) for number in asked]
    assert ends[1:].tolist() == [tiles.ends_at(number) or ENDLESS for number in asked[1:]]


def test_no_numbers_and_no_spans_are_looked_up_too() -> None:
    assert [len(each) for each in tiling((10, 0)).owners_of(np.zeros(0, np.int64))] == [0, 0]
    assert tiling().owners_of(np.array([3]))[0].tolist() == [NOWHERE]
