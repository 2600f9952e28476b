"""Recognises the backwards that a loop repeats, so that a training step is not read anew each time.

A place that ran the same backward over and over, made of the same expressions with as many nodes each time, is taken at
its word for a few steps; then its graph is walked again, so that a change in it is noticed a few steps late at most.
"""

import weakref
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from .frames import Series
from .instrument import FILENAME
from .provenance import Provenance
from .structures import Known
from .tiling import sequence_nr

SAME = 8
"""Times in a row that a place's backward must be found the same before it is taken at its word."""
TRUSTED = 31
"""Times in a row that it then is."""
PLAIN = (torch.Tensor, torch.nn.Parameter)
"""Classes of leaves whose attributes are torch's own."""
Place = tuple[int, int]
Signature = tuple[Any, ...]


@dataclass(slots=True)
class Repeat:
    """A place's backward as it was when its graph was last walked."""

    known: Known
    leaf_ids: tuple[int, ...]
    leaves: "list[weakref.ref[torch.Tensor]]"
    empty: frozenset[int]
    """Identities of the leaves whose `.grad` was None before."""
    around_number: tuple[bytes, bytes]
    series: Series | None
    """The curve of its root's values."""
    signature: Signature = ()
    same: int = 0
    trusted: int = 0

    def facts(self) -> tuple[Any, ...]:
        """What must be the same again."""
        return self.signature, self.leaf_ids, self.empty, self.around_number


@dataclass(slots=True)
class Again:
    """One backward that is taken to be what it was before."""

    repeat: Repeat
    frame: FrameType
    leaves: list[torch.Tensor]
    number: int = 0
    value: float = 0.0
    """What its root held, where that belongs to a curve."""


_modes = torch._C._len_torch_dispatch_stack
_function_modes = torch._C._len_torch_function_stack


class Repeats:
    """The places of one program where backwards run."""

    def __init__(self, provenance: Provenance) -> None:
        self._since = provenance.since
        self._owners = provenance.expressions.owners
        self._places: dict[Place, Repeat] = {}
        self._standing = len(self._owners), sequence_nr()
        self._asked: tuple[Place, Signature] | None = None

    @property
    def standing(self) -> int:
        """Where autograd's counter stood when the last backward was over."""
        return self._standing[1]

    def forget(self) -> None:
        """A backward begins that is none of these."""
        self._asked = None

    def recognise(self, root: Any, arguments: Any, caller: FrameType) -> Again | None:
        """The backward that begins now, where it need not be read. Written for speed: it runs at every step.

        Shapes: arguments as the engine takes them: grad_outputs, retain_graph, create_graph, inputs.
        """
        self._asked = None
        if type(root) is not torch.Tensor or arguments[2] or arguments[3] or _modes() or _function_modes():
            return None
        frame: FrameType | None = caller
        while frame is not None and frame.f_code.co_filename != FILENAME:
            frame = frame.f_back
        if frame is None:
            return None
        place = id(frame.f_code), frame.f_lasti
        signature = (arguments[1], *self._since(self._standing))
        self._asked = place, signature
        repeat = self._places.get(place)
        if repeat is None or repeat.same < SAME or repeat.trusted >= TRUSTED or repeat.signature != signature:
            return None
        empty = repeat.empty
        leaves = [leaf for each in repeat.leaves if (leaf := each()) is not None]
        emptied = [id(leaf) for leaf in leaves if leaf.grad is None]
        if len(leaves) < len(repeat.leaves) or len(emptied) != len(empty) or not empty.issuperset(emptied):
            return None
        repeat.trusted += 1
        return Again(repeat, frame, leaves)

    def learn(self, found: Repeat) -> None:
        """The backward that was asked for last was read, and is over."""
        if self._asked is None or any(type(leaf()) not in PLAIN for leaf in found.leaves):
            return
        place, found.signature = self._asked
        was = self._places.get(place)
        if was is not None and was.known is found.known and was.facts() == found.facts():
            was.same, was.trusted = was.same + 1, 0
        else:
            self._places[place] = found

    def settle(self) -> None:
        """A backward is over: what is made from here on belongs to the next."""
        self._standing = len(self._owners), sequence_nr()
