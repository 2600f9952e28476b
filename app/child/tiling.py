"""Autograd's sequence numbers, cut into spans that each have an owner.

Nodes get numbers in the order in which they are made, so what was made between two readings of the counter is a span.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable

import torch

MAX_SPANS = 2_000_000
NOWHERE = -1

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

    def ends_at(self, number: int) -> int | None:
        """Where the span that holds `number` ends, or None while it is the last."""
        place = bisect_right(self.starts, number)
        return self.starts[place] if 0 < place < len(self.starts) else None

    def forget_half(self) -> None:
        """Drops the older half: graphs that old are gone, and memory is bounded."""
        half = len(self.starts) // 2
        del self.starts[:half]
        del self.owners[:half]
