"""Which structures of graphs a program was seen to have: each is told once, with its nodes, edges and values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

import torch

from ..autograd import Names, Walk, describe, leaves_of, scan
from ..events import Graph, encode
from .outbox import Outbox
from .places import SourcePlaces, namespaces
from .provenance import Provenance
from .tiling import NOWHERE

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


class Structures:
    """The structures of one program's graphs. `top` is its global namespace."""

    def __init__(self, provenance: Provenance, top: dict[str, Any], outbox: Outbox) -> None:
        self.newest: Known | None = None
        self._provenance = provenance
        self._top = top
        self._outbox = outbox
        self._met: dict[Any, Known] = {}
        self._graphs = 0
        self.on_told: Callable[[Graph], None] = lambda event: None

    def meet(
        self, walked: Walk, reason: Reason, frames: list[FrameType], names: Names | None
    ) -> tuple[Known, bool, list[torch.Tensor]]:
        """The structure this walk has, whether it is met for the first time and so was sent, and its leaves."""
        key = self._structure(walked)
        leaves = leaves_of(walked.order)
        leaf_ids = tuple(map(id, leaves))
        known = self._met.get(key)
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
        places = SourcePlaces(self._provenance)
        event = describe(walked, names, places, index=self._graphs, reason=reason, line=line)
        self._provenance.skip()
        self._outbox.send(encode(event))
        self.on_told(event)
        leaf_nodes = tuple(node.id for node in event.nodes if node.kind == "accumulate_grad")
        self.newest = Known(self._graphs, leaf_names, leaf_nodes)
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
        owner_of = self._provenance.expressions.owner_of
        numbers = [node._sequence_nr() for node in walked.order]
        owners = tuple([owner_of(number) if number < UNNUMBERED else NOWHERE for number in numbers])
        shape = tuple(walked.heads), tuple(walked.output_nrs), tuple(walked.ends)
        return hash((tuple(map(type, walked.order)), shape, owners)), len(walked.order), walked.roots
