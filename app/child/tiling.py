"""Autograd's sequence numbers, cut into spans that each have an owner.

Nodes get numbers in the order in which they are made, so what was made between two readings of the counter is a span.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

MAX_SPANS = 2_000_000
NOWHERE = -1
ENDLESS = 2**62
Numbers = np.ndarray[Any, Any]

sequence_nr: Callable[[], int] = torch._C._autograd._get_sequence_nr


class Tiling:
    """Numbers cut into spans, each with an owner: span k runs from its start to the start of the next."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.owners = array("q")

    def owner_of(self, number: int) -> int:
        """The owner of the span that holds `number`, or NOWHERE."""
        place = bisect_right(self.starts, number) - 1
        return self.owners[place] if place >= 0 else NOWHERE

    def span(self, numbers: Numbers) -> tuple[int, Numbers, Numbers]:
        """Which span holds the least of `numbers`, and from there on starts and owners up to that of the largest."""
        low, high = (bisect_right(self.starts, int(edge)) for edge in (numbers.min(), numbers.max()))
        low = max(0, low - 1)
        return low, np.array(self.starts[low : high + 1], np.int64), np.array(self.owners[low : high + 1], np.int64)

    def owners_of(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """For each of many numbers the owner of the span that holds it, or NOWHERE, and where that span ends.

        The last span has no end; then that is a number larger than all.
        """
        if not numbers.size or not self.starts:
            return np.full(len(numbers), NOWHERE, np.int64), np.full(len(numbers), ENDLESS, np.int64)
        _, starts, owners = self.span(numbers)
        places = np.searchsorted(starts, numbers, "right") - 1
        ends = np.append(starts, ENDLESS)[places + 1]
        return np.where(places >= 0, owners[places], NOWHERE), ends

    def ends_at(self, number: int) -> int | None:
        """Where the span that holds `number` ends, or None while it is the last."""
        place = bisect_right(self.starts, number)
        return self.starts[place] if 0 < place < len(self.starts) else None

    def forget_half(self) -> None:
        """Drops the older half: graphs that old are gone, and memory is bounded."""
        half = len(self.starts) // 2
        del self.starts[:half]
        del self.owners[:half]
