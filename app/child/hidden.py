"""Changes that autograd cannot see: through `.data`, or through an array that shares a tensor's memory.

Neither raises a version, so a backward uses the changed numbers without a word. Noted by address, and looked for in
what the graphs of later backwards had saved before. Keeps no tensor alive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..autograd import held, saved_names

MAX_CHANGES = 100
MAX_NODES = 300


@dataclass(frozen=True, slots=True)
class Change:
    """Memory at `address` was changed at a mark, when autograd's counter stood at `sequence`."""

    address: int
    site: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A node had saved what was changed afterwards."""

    name: str
    number: int
    site: int


class Hidden:
    """The hidden changes of one program, and the graphs they spoilt."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.hits: list[Hit] = []

    def note(self, thing: Any, site: int) -> None:
        """A tensor's or an array's memory is changed past autograd."""
        address = address_of(thing)
        if address is not None and len(self.changes) < MAX_CHANGES:
            self.changes.append(Change(address, site, torch._C._autograd._get_sequence_nr()))

    def look(self, nodes: Sequence[Any]) -> None:
        """A backward begins over these nodes."""
        if not self.changes or len(nodes) > MAX_NODES:
            return
        for node in nodes:
            number = node._sequence_nr()
            for change in self.changes:
                if number < change.sequence and _saved_there(node, change.address):
                    self.hits.append(Hit(type(node).__name__, number, change.site))
                    return


def address_of(thing: Any) -> int | None:
    """Where its numbers stand in memory, or None."""
    if type(thing) is np.ndarray:
        return int(thing.__array_interface__["data"][0])
    try:
        return int(thing.data_ptr()) if isinstance(thing, torch.Tensor) else None
    except (RuntimeError, NotImplementedError):
        return None


def _saved_there(node: Any, address: int) -> bool:
    """Whether the node saved a tensor whose memory holds the address."""
    saved = (each for name in saved_names(node.__class__) for each in held(node, name))
    return any(each.layout is torch.strided and _holds(each, address) for each in saved)


def _holds(tensor: torch.Tensor, address: int) -> bool:
    storage = tensor.untyped_storage()
    start = storage.data_ptr()
    return start <= address < start + storage.nbytes()
