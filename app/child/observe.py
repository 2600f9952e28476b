"""Watches every backward of one program at the engine's choke point and tells what there was to see.

The graph is read before the engine runs, because a backward frees it and the loss is often gone after. Observing must
not change what the program does: every reading is guarded, and nothing of the learner's is kept alive.
"""

import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch.autograd import graph as autograd_graph

from ..autograd import Walk, grad_fn_of, holding, node_ids, outer_roots, scan, walk
from ..events import MAX_NODES, Backward, encode
from .curves import Curves
from .foresight import Foresight
from .frames import Frames
from .optimizers import Optimizers
from .outbox import Outbox
from .places import namespaces, user_frames
from .provenance import Provenance
from .readings import no_modes
from .repeats import Again, Repeat, Repeats
from .reports import Reports
from .structures import Known, Structures
from .training import Training

LEAVES_TOLD = 3
"""Returns of one function after which its locals are told; later ones only when a refresh is due."""


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

    def __init__(
        self, provenance: Provenance, top: dict[str, Any], outbox: Outbox, curves: Curves | None = None
    ) -> None:
        self.failure: Exception | None = None
        self._provenance = provenance
        self._top = top
        self._outbox = outbox
        self._reports = Reports(provenance, outbox.send)
        self._structures = Structures(provenance, top, outbox)
        curves = curves or Curves(Foresight(), Frames(outbox.send))
        self._optimizers = Optimizers(curves, top, self._unnoticed)
        self._training = Training(curves, self._optimizers)
        self._repeats = Repeats(provenance)
        self._inside = False
        """Whether a backward runs: one inside it is no step of the program's."""
        self._backwards = 0
        self._left: dict[Any, int] = {}
        self._around_number: dict[Any, tuple[bytes, bytes]] = {}
        self._engine = autograd_graph._engine_run_backward
        provenance.on_leave = self._on_leave

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stands at the engine's choke point, and at the optimizers, for as long as the block lasts."""
        door: Any = torch.autograd
        door._engine_run_backward = self._run_backward
        try:
            with self._optimizers.watching():
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
        structures = self._structures
        if roots:
            known, _, _ = structures.meet(walked, "final", [], names)
            if known is not structures.newest:
                structures.tell(walked, names, "final", None, known.leaf_names)
        leaves = structures.leaf_nodes([(found.name, found.tensor) for found in names.tensors.values()])
        self._reports.tell(names, leaves | node_ids(walked.order, names))

    def _unnoticed(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What `work` gives; our own failure is kept for the end and never becomes the program's."""
        try:
            with torch._C.DisableTorchFunction(), no_modes():
                return work(*arguments)
        except Exception as error:
            self.failure = self.failure or error
            return None

    def _run_backward(self, t_outputs: Any, *args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1)
        self._backwards += 1
        fills = kwargs.get("accumulate_grad", True)
        inner, self._inside = self._inside, True
        again = self._again(t_outputs, args, caller) if fills and not inner else None
        seen = None if again is not None else self._unnoticed(self._read, t_outputs, fills, caller)
        finished = False
        try:
            result = self._engine(t_outputs, *args, **kwargs)
            finished = True
            return result
        finally:
            self._inside = inner
            self._provenance.leave_to_caller()
            if again is not None:
                self._after_again(again, t_outputs[0], finished)
            elif seen is not None:
                self._unnoticed(self._after, seen, t_outputs, caller, finished, *args[1:4])
            self._repeats.settle()

    def _again(self, t_outputs: Any, args: Any, caller: FrameType) -> Again | None:
        """The backward, where it is one that need not be read."""
        try:
            if len(t_outputs) == 1 and self._optimizers.stepping is None and not self._reports.is_due():
                return self._repeats.recognise(t_outputs[0], args, caller)
            self._repeats.forget()
        except Exception as error:
            self.failure = self.failure or error
        return None

    def _read(self, t_outputs: Any, fills: bool, caller: FrameType) -> Seen | None:
        roots = [node for node in map(_root_of, t_outputs) if node is not None]
        if not roots:
            return None
        frames = user_frames(caller)
        walked = walk(roots)
        known, is_new, leaves = self._structures.meet(walked, "backward" if fills else "grad", frames, None)
        self._provenance.watched.update(frame.f_code for frame in frames if frame.f_code.co_name != "<module>")
        held = () if known.freed is not None else holding(walked.order[:MAX_NODES])
        empty = frozenset([id(leaf) for leaf in leaves if leaf.grad is None]) if fills else frozenset()
        return Seen(self._backwards, frames, walked, leaves, known, is_new, fills, empty, held)

    def _after(
        self,
        seen: Seen,
        t_outputs: Any,
        caller: FrameType,
        finished: bool,
        retain_graph: bool,
        create_graph: bool,
        inputs: Any = (),
    ) -> None:
        series = None
        if seen.fills:
            wanted = {id(each) for each in inputs if isinstance(each, torch.Tensor)} if inputs else None
            reached = [leaf for leaf in seen.leaves if wanted is None or id(leaf) in wanted]
            self._reports.note_backward(reached, seen.empty, seen.line, raised=not finished)
            if finished and len(t_outputs) == 1 and not self._inside:
                series = self._training.backward(t_outputs[0], caller, seen.frames, reached, seen.known.leaf_names)
        elif finished:
            self._reports.note_asked()
        around_number = self._tell_backward(seen, bool(retain_graph), bool(create_graph))
        if seen.fills and finished:
            leaves = [weakref.ref(leaf) for leaf in seen.leaves]
            self._repeats.learn(Repeat(seen.known, seen.known.leaf_ids, leaves, seen.empty, around_number, series))
        if seen.is_new or self._reports.is_due():
            names = scan(namespaces(seen.frames, self._top))
            newest = seen.known is self._structures.newest
            self._reports.tell(names, node_ids(seen.walked.order, names) if newest else {})

    def _after_again(self, again: Again, root: torch.Tensor, finished: bool) -> None:
        repeat, frame = again.repeat, again.frame
        head, tail = repeat.around_number
        try:
            if finished:
                self._reports.note_repeated(again.leaves, repeat.empty, frame.f_lineno)
                if repeat.series is not None:
                    self._training.again(repeat.series, root, frame, again.leaves, repeat.known.leaf_names)
            else:
                self._reports.note_backward((), frozenset(), frame.f_lineno, raised=True)
            self._outbox.hold(b"%b%d%b" % (head, self._backwards, tail))
        except Exception as error:
            self.failure = self.failure or error

    def _tell_backward(self, seen: Seen, retain_graph: bool, create_graph: bool) -> tuple[bytes, bytes]:
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
        deliver(b"%b%d%b" % (head, seen.number, tail))
        return head, tail

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


def _root_of(output: Any) -> Any:
    """The node a backward starts at, or None for an output that the engine is about to refuse."""
    if isinstance(output, autograd_graph.GradientEdge):
        return output.node
    return autograd_graph._get_grad_fn_or_grad_acc(output) if output.requires_grad else None
