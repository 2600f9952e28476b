"""Equal neighbours in a sequence of tokens: which stretches are one block over and over.

A loop leaves the tokens of its body as often as it ran, whatever the body is. Knows nothing of nodes or groups.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Tokens = Sequence[int] | np.ndarray[Any, Any]
LONG = 400
"""Tokens from which arrays are quicker than lists."""
LAGS = 4
"""A token that stands several times in a block is one period from its second, third or fourth successor."""
CANDIDATES = 12


def periods(tokens: Tokens) -> list[int]:
    """The lengths a repeated block may have, the smallest first: the commonest gaps between equal tokens."""
    gaps = _many_gaps(np.asarray(tokens)) if len(tokens) >= LONG else _few_gaps(tokens)
    common = sorted(gaps, key=lambda gap: (-gaps[gap], gap))[:CANDIDATES]
    return sorted(gap for gap in common if 2 * gap <= len(tokens))


def stretches(tokens: Tokens, period: int, least: int) -> Iterator[tuple[int, int]]:
    """Each (start, stop) in which every token is the one a period before, at least `least` periods long."""
    found = _many(np.asarray(tokens), period, least) if len(tokens) >= LONG else _few(tokens, period, least)
    over = 0
    for start, stop in found:
        start = max(start, over)
        if stop - start >= least * period:
            over = stop
            yield start, stop


def _few_gaps(tokens: Tokens) -> dict[int, int]:
    places: dict[int, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    if len(places) == len(tokens):
        return {}
    gaps: Counter[int] = Counter()
    for each in places.values():
        for lag in range(1, min(LAGS + 1, len(each))):
            gaps.update(map(int.__sub__, each[lag:], each))
    return gaps


def _many_gaps(tokens: np.ndarray[Any, Any]) -> dict[int, int]:
    order = np.argsort(tokens, kind="stable")
    ordered = tokens[order]
    gaps: Counter[int] = Counter()
    for lag in range(1, LAGS + 1):
        same = ordered[lag:] == ordered[:-lag]
        counts = np.bincount((order[lag:] - order[:-lag])[same])
        if counts.size:
            largest = np.argpartition(counts, -min(counts.size, CANDIDATES))[-CANDIDATES:]
            gaps.update({int(gap): int(counts[gap]) for gap in largest if counts[gap]})
    return gaps


def _few(tokens: Tokens, period: int, least: int) -> Iterator[tuple[int, int]]:
    start = 0
    for place in range(period, len(tokens)):
        if tokens[place] != tokens[place - period]:
            if place - start >= least * period:
                yield start, place
            start = place - period + 1
    if len(tokens) - start >= least * period:
        yield start, len(tokens)


def _many(tokens: np.ndarray[Any, Any], period: int, least: int) -> Iterator[tuple[int, int]]:
    breaks = np.flatnonzero(tokens[period:] != tokens[:-period])
    starts = np.concatenate(([0], breaks + 1))
    stops = np.concatenate((breaks + period, [len(tokens)]))
    wide = np.flatnonzero(stops - starts >= least * period)
    yield from zip(starts[wide].tolist(), stops[wide].tolist(), strict=True)
