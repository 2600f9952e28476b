"""Fingerprints of stretches of nodes: two are equal where names, places, modules and the edges inside are.

Nodes stand in the order in which they were made; an edge that leads out of a stretch is no part of its fingerprint, so
the first step of a loop is like the others. Sums of 64 bits, so a stretch costs two look-ups however long it is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]
BASE = 0x9E3779B97F4A7C15 | 1
SPREAD = 0xBF58476D1CE4E5B9


def mixed(numbers: Numbers) -> Numbers:
    """Other numbers of 64 bits for these, equal for equal ones and without an order in them."""
    spread: Numbers = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(SPREAD)
    spread ^= spread >> np.uint64(29)
    spread *= np.uint64(BASE)
    spread ^= spread >> np.uint64(32)
    return spread


class Prints:
    """The fingerprints of one sequence of nodes; those of another cannot be compared with them.

    Shapes: a token for each node; for each edge the places of its ends, `tails` ascending, and what it is like.
    """

    def __init__(self, tokens: Numbers, tails: Numbers, heads: Numbers, kinds: Numbers) -> None:
        self._tokens, self._tails, self._heads, self._kinds = tokens, tails, heads, kinds
        self._is_summed = False

    def _sum(self) -> None:
        """Sums up all nodes and edges; most small graphs are never asked for a fingerprint."""
        size, tails = len(self._tokens), self._tails
        powers = np.full(size + 1, BASE, np.uint64)
        powers[0] = 1
        np.cumprod(powers, out=powers)
        self._powers = powers
        self._sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(self._tokens * powers[:size])))
        self._edges_to = np.searchsorted(tails, np.arange(size + 1))
        self._like = mixed((tails - self._heads) * 4096 + self._kinds) * powers[tails]
        self._edge_sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(self._like)))
        self._size = size
        self._is_summed = True

    def of(self, starts: Sequence[int] | Numbers, stops: Sequence[int] | Numbers) -> Numbers:
        """The fingerprint of each stretch from a start up to a stop."""
        if not self._is_summed:
            self._sum()
        first, last = np.asarray(starts, np.intp), np.asarray(stops, np.intp)
        sums = self._sums[last] - self._sums[first]
        begin, end = self._edges_to[first], self._edges_to[last]
        sums += self._edge_sums[end] - self._edge_sums[begin]
        counts = end - begin
        total = int(counts.sum())
        if total:  # less the edges that lead out
            which = np.repeat(np.arange(len(first)), counts)
            edges = np.arange(total) + np.repeat(begin - np.cumsum(counts) + counts, counts)
            out = (self._heads[edges] < first[which]) | (self._heads[edges] >= last[which])
            np.subtract.at(sums, which[out], self._like[edges[out]])
        told: Numbers = mixed(sums * self._powers[self._size - first])
        return told ^ mixed(last - first)
