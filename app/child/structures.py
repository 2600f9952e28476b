"""Which structures of graphs a program was seen to have: each is told once, with its nodes, edges and values."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

import numpy as np
import torch

from ..autograd import Names, Walk, grad_fn_of, graph_of, leaf_positions, leaves_of, read, scan, sequence_nrs
from ..events import MAX_NODES, Graph, encode
from .outbox import Outbox
from .places import SourcePlaces, namespaces
from .provenance import Provenance
from .records import Records
from .tiling import NOWHERE, Numbers

MAX_GRAPHS = 100
UNNUMBERED = 2**63
"""AccumulateGrad nodes have no sequence number: autograd gives them the largest there is."""
Reason = Literal["backward", "grad", "final"]
LeafNames = tuple[str | None, ...]


@dataclass(slots=True)
class Known:
    """A structure that was met: its graph event's index, its leaves by identity and name, what a backward frees."""

    index: int | None
    leaf_names: LeafNames
    leaf_nodes: tuple[int, ...] = ()
    leaf_ids: tuple[int, ...] = ()
    freed: tuple[int, ...] | None = None
    numbers: Numbers | None = None
    """Autograd's numbers of the nodes of a large one, when it was walked last."""

    def ids(self, names: Names) -> dict[int, int] | None:
        """Identity of each named tensor -> its node, without a walk; None where any is not of this graph."""
        if self.numbers is None:
            return None
        nodes = {id(each.tensor): grad_fn_of(each.tensor) for each in names.tensors.values()}
        wanted = {tensor: node._sequence_nr() for tensor, node in nodes.items() if node is not None}
        sorter = np.argsort(self.numbers)
        asked = np.fromiter(wanted.values(), np.int64, len(wanted))
        places = sorter[np.minimum(np.searchsorted(self.numbers, asked, sorter=sorter), len(sorter) - 1)]
        return dict(zip(wanted, places.tolist(), strict=True)) if (self.numbers[places] == asked).all() else None


class Structures:
    """The structures of one program's graphs. `top` is its global namespace."""

    def __init__(self, provenance: Provenance, top: dict[str, Any], outbox: Outbox) -> None:
        self.newest: Known | None = None
        self._provenance = provenance
        self._top = top
        self._outbox = outbox
        self._met: dict[Any, Known] = {}
        self._graphs = 0
        self._records = Records(outbox)
        self._numbers: Numbers | None = None
        self.on_told: Callable[[Graph], None] = lambda event: None

    def meet(
        self, walked: Walk, reason: Reason, frames: list[FrameType], names: Names | None
    ) -> tuple[Known, bool, list[torch.Tensor]]:
        """The structure this walk has, whether it is met for the first time and so was sent, and its leaves."""
        key = self._structure(walked)
        leaves = leaves_of(walked.order)
        leaf_ids = tuple(map(id, leaves))
        known = self._met.get(key)
        if known is not None:
            known.numbers = self._numbers
        if known is not None and known.leaf_ids == leaf_ids:
            return known, False, leaves
        names = names or scan(namespaces(frames, self._top))
        leaf_names = tuple(map(names.of, leaves))
        is_new = known is None or known.leaf_names != leaf_names
        if is_new:
            line = frames[0].f_lineno if frames else None
            known = self._met[key] = self.tell(walked, names, reason, line, leaf_names)
        assert known is not None  # either met before or just told
        known.leaf_ids = leaf_ids
        return known, is_new, leaves

    def tell(self, walked: Walk, names: Names, reason: Reason, line: int | None, leaf_names: LeafNames) -> Known:
        """Sends the graph, unless too many were sent before."""
        if self._graphs >= MAX_GRAPHS + (reason == "final"):
            return Known(None, leaf_names)
        reading = read(walked, names, SourcePlaces(self._provenance))
        kept, missing = self._records.send(self._graphs, reading)
        event = graph_of(reading, index=self._graphs, reason=reason, line=line, kept=kept, missing=missing)
        self._provenance.skip()
        self._outbox.send(encode(event))
        self.on_told(event)
        numbers = reading.wires.numbers if len(walked.order) > MAX_NODES else None
        self.newest = Known(self._graphs, leaf_names, tuple(leaf_positions(walked.order)), numbers=numbers)
        self._graphs += 1
        return self.newest

    def tell_alone(self, walked: Walk, reason: Reason, frames: list[FrameType]) -> Known:
        """Sends the graph of the one backward that a run is done again for, with the values it has now."""
        self._graphs = 0
        names = scan(namespaces(frames, self._top))
        leaves = leaves_of(walked.order)
        line = frames[0].f_lineno if frames else None
        known = self.tell(walked, names, reason, line, tuple(map(names.of, leaves)))
        known.leaf_ids = tuple(map(id, leaves))
        return known

    def leaf_nodes(self, leaves: Sequence[tuple[str, Any]]) -> dict[int, int]:
        """Identity of each of those (name, tensor) that is a leaf of the newest graph -> its node there."""
        if self.newest is None:
            return {}
        nodes = dict(zip(self.newest.leaf_names, self.newest.leaf_nodes, strict=False))
        return {id(tensor): nodes[name] for name, tensor in leaves if name in nodes}

    def _structure(self, walked: Walk) -> tuple[int, ...]:
        """What makes two graphs one structure: names, edges, and the places their nodes were made at."""
        size = len(walked.order)
        self._numbers = None
        if size > MAX_NODES:
            return self._large_structure(walked), size, walked.roots
        owner_of = self._provenance.expressions.owner_of
        numbers = [node._sequence_nr() for node in walked.order]
        owners = tuple([owner_of(number) if number < UNNUMBERED else NOWHERE for number in numbers])
        shape = walked.heads.tobytes(), walked.output_nrs.tobytes(), walked.ends.tobytes()
        return hash((tuple(map(type, walked.order)), shape, owners)), size, walked.roots

    def _large_structure(self, walked: Walk) -> int:
        """The same of a large graph, by columns."""
        numbers = self._numbers = sequence_nrs(walked.order)
        owners = np.full(len(numbers), NOWHERE, np.int64)
        known = numbers >= 0
        owners[known] = self._provenance.expressions.owners_of(numbers[known])[0]
        classes: dict[Any, int] = {}
        kinds = [classes.setdefault(each, len(classes)) for each in map(type, walked.order)]
        columns = (array("i", kinds), walked.heads, walked.output_nrs, walked.ends, owners)
        return hash((tuple(classes), *(hash(column.tobytes()) for column in columns)))
