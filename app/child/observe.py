"""Watches every backward of one program at the engine's choke point and tells what there was to see.

The graph is read before the engine runs, because a backward frees it and the loss is often gone after. Observing must
not change what the program does: every reading is guarded, and nothing of the learner's is kept alive.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

import torch
from torch.autograd import graph as autograd_graph
from torch.utils._python_dispatch import _disable_current_modes

from ..autograd import Names, Walk, describe, grad_fn_of, holding, leaves_of, node_ids, outer_roots, scan, walk
from ..events import MAX_NODES, Backward, encode
from .outbox import Outbox
from .places import SourcePlaces, namespaces, user_frames
from .provenance import NOWHERE, Provenance
from .reports import Reports

MAX_GRAPHS = 100
UNNUMBERED = 2**63
"""AccumulateGrad nodes have no sequence number: autograd gives them the largest there is."""
LEAVES_TOLD = 3
"""Returns of one function after which its locals are told; later ones only when a refresh is due."""
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


@dataclass(slots=True)
class Seen:
    """What was noted before one backward, until it is over."""

    number: int
    frames: list[FrameType]
    walked: Walk
    leaves: list[torch.Tensor]
    known: Known
    is_new: bool
    fills: bool
    empty: frozenset[int]
    """Identities of the leaves whose `.grad` was None before."""
    holding: tuple[int, ...] = ()
    """The nodes that hold saved tensors, where it is not known yet what a backward frees."""

    @property
    def line(self) -> int | None:
        """The learner's line that called it."""
        return self.frames[0].f_lineno if self.frames else None


class Observer:
    """One program's observer. `outbox` takes encoded events; `top` is the program's global namespace."""

    def __init__(self, provenance: Provenance, top: dict[str, Any], outbox: Outbox) -> None:
        self.failure: Exception | None = None
        self._provenance = provenance
        self._top = top
        self._outbox = outbox
        self._reports = Reports(provenance, outbox.send)
        self._structures: dict[Any, Known] = {}
        self._newest: Known | None = None
        self._graphs = 0
        self._backwards = 0
        self._left: dict[Any, int] = {}
        self._around_number: dict[Any, tuple[bytes, bytes]] = {}
        self._engine = autograd_graph._engine_run_backward
        provenance.on_leave = self._on_leave

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stands at the engine's choke point for as long as the block lasts."""
        door: Any = torch.autograd
        door._engine_run_backward = self._run_backward
        try:
            yield
        finally:
            door._engine_run_backward = self._engine

    def finish(self) -> None:
        """Tells what is left at the end: the graph, where it is not the newest one sent, and every variable."""
        self._unnoticed(self._finish)

    def _finish(self) -> None:
        names = scan([("", self._top)])
        computed = [grad_fn_of(found.tensor) for found in names.tensors.values()]
        roots = outer_roots([node for node in computed if node is not None])
        self._provenance.skip()
        walked = walk(roots)
        if roots:
            known, _ = self._meet(walked, leaves_of(walked.order), "final", [], names)
            if known is not self._newest:
                self._tell_graph(walked, names, "final", None, known.leaf_names)
        newest = dict(zip(self._newest.leaf_names, self._newest.leaf_nodes, strict=False)) if self._newest else {}
        leaves = {id(found.tensor): newest[found.name] for found in names.tensors.values() if found.name in newest}
        self._reports.tell(names, leaves | node_ids(walked.order, names))

    def _unnoticed(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What `work` gives; our own failure is kept for the end and never becomes the program's."""
        try:
            with torch._C.DisableTorchFunction(), _no_modes():
                return work(*arguments)
        except Exception as error:
            self.failure = self.failure or error
            return None

    def _run_backward(self, t_outputs: Any, *args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1)
        seen = self._unnoticed(self._before, t_outputs, kwargs.get("accumulate_grad", True), caller)
        finished = False
        try:
            result = self._engine(t_outputs, *args, **kwargs)
            finished = True
            return result
        finally:
            self._provenance.leave_to_caller()
            if seen is not None:
                self._unnoticed(self._after, seen, finished, *args[1:4])

    def _before(self, t_outputs: Any, fills: bool, caller: FrameType) -> Seen | None:
        self._backwards += 1
        roots = [node for node in map(_root_of, t_outputs) if node is not None]
        if not roots:
            return None
        frames = user_frames(caller)
        walked = walk(roots)
        leaves = leaves_of(walked.order)
        known, is_new = self._meet(walked, leaves, "backward" if fills else "grad", frames, None)
        self._provenance.watched.update(frame.f_code for frame in frames if frame.f_code.co_name != "<module>")
        held = () if known.freed is not None else holding(walked.order[:MAX_NODES])
        empty = frozenset([id(leaf) for leaf in leaves if leaf.grad is None]) if fills else frozenset()
        return Seen(self._backwards, frames, walked, leaves, known, is_new, fills, empty, held)

    def _meet(
        self, walked: Walk, leaves: list[torch.Tensor], reason: Reason, frames: list[FrameType], names: Names | None
    ) -> tuple[Known, bool]:
        """The structure this walk has, and whether it is met for the first time and so was sent."""
        key = self._structure(walked)
        leaf_ids = tuple(map(id, leaves))
        known = self._structures.get(key)
        if known is not None and known.leaf_ids == leaf_ids:
            return known, False
        names = names or scan(namespaces(frames, self._top))
        leaf_names = tuple(map(names.of, leaves))
        is_new = known is None or known.leaf_names != leaf_names
        if is_new:
            line = frames[0].f_lineno if frames else None
            known = self._structures[key] = self._tell_graph(walked, names, reason, line, leaf_names)
        assert known is not None  # either met before or just told
        known.leaf_ids = leaf_ids
        return known, is_new

    def _structure(self, walked: Walk) -> tuple[int, ...]:
        """What makes two graphs one structure: names, edges, and the places their nodes were made at."""
        owner_of = self._provenance.expressions.owner_of
        numbers = [node._sequence_nr() for node in walked.order]
        owners = tuple([owner_of(number) if number < UNNUMBERED else NOWHERE for number in numbers])
        shape = tuple(walked.heads), tuple(walked.output_nrs), tuple(walked.ends)
        return hash((tuple(map(type, walked.order)), shape, owners)), len(walked.order), walked.roots

    def _tell_graph(self, walked: Walk, names: Names, reason: Reason, line: int | None, leaf_names: LeafNames) -> Known:
        if self._graphs >= MAX_GRAPHS + (reason == "final"):
            return Known(None, leaf_names)
        places = SourcePlaces(self._provenance)
        event = describe(walked, names, places, index=self._graphs, reason=reason, line=line)
        self._provenance.skip()
        self._outbox.send(encode(event))
        leaf_nodes = tuple(node.id for node in event.nodes if node.kind == "accumulate_grad")
        self._newest = Known(self._graphs, leaf_names, leaf_nodes)
        self._graphs += 1
        return self._newest

    def _after(self, seen: Seen, finished: bool, retain_graph: bool, create_graph: bool, inputs: Any = ()) -> None:
        if seen.fills:
            wanted = {id(each) for each in inputs if isinstance(each, torch.Tensor)} if inputs else None
            reached = [leaf for leaf in seen.leaves if wanted is None or id(leaf) in wanted]
            self._reports.note_backward(reached, seen.empty, seen.line, raised=not finished)
        elif finished:
            self._reports.note_asked()
        self._tell_backward(seen, bool(retain_graph), bool(create_graph))
        if seen.is_new or self._reports.is_due():
            names = scan(namespaces(seen.frames, self._top))
            self._reports.tell(names, node_ids(seen.walked.order, names) if seen.known is self._newest else {})

    def _tell_backward(self, seen: Seen, retain_graph: bool, create_graph: bool) -> None:
        """Sends the event. In a loop only its number differs, so the rest is encoded once."""
        freed = () if retain_graph else self._freed(seen)
        key = (seen.known.index, seen.line, retain_graph, create_graph, freed)
        if key not in self._around_number:
            told = Backward(
                graph=seen.known.index,
                number=0,
                line=seen.line,
                retain_graph=retain_graph,
                create_graph=create_graph,
                freed=freed,
            )
            head, _, tail = encode(told).partition(b'"number":0,')
            self._around_number[key] = head + b'"number":', b"," + tail
        head, tail = self._around_number[key]
        deliver = self._outbox.send if seen.is_new else self._outbox.hold
        deliver(head + str(seen.number).encode() + tail)

    def _freed(self, seen: Seen) -> tuple[int, ...]:
        if seen.known.freed is None:
            still = set(holding(seen.walked.order[:MAX_NODES]))
            seen.known.freed = tuple(position for position in seen.holding if position not in still)
        return seen.known.freed

    def _on_leave(self, frame: FrameType) -> None:
        """A function that was live at a backward is left: the last moment its locals can be told."""
        left = self._left[frame.f_code] = self._left.get(frame.f_code, 0) + 1
        if left <= LEAVES_TOLD or self._reports.is_due():
            self._unnoticed(lambda: self._reports.tell(scan(namespaces([frame], self._top)), {}))


def _no_modes() -> AbstractContextManager[object]:
    """Switches the learner's dispatch modes off; nothing where there are none, which is nearly always."""
    return _disable_current_modes() if torch._C._len_torch_dispatch_stack() else nullcontext()


def _root_of(output: Any) -> Any:
    """The node a backward starts at, or None for an output that the engine is about to refuse."""
    if isinstance(output, autograd_graph.GradientEdge):
        return output.node
    return autograd_graph._get_grad_fn_or_grad_acc(output) if output.requires_grad else None
