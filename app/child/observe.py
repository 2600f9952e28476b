"""Watches every backward of one program at the engine's choke point and tells what there was to see.

The graph is read before the engine runs, because a backward frees it and the loss is often gone after. Observing must
not change what the program does: every reading is guarded, and nothing of the learner's is kept alive.
"""

import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import torch
from torch.autograd import graph as autograd_graph

from ..autograd import grad_fn_of, holding, node_ids, outer_roots, scan, walk
from ..events import MAX_NODES, Recording
from .backwards import Backwards, Call, Seen, start_of
from .curves import Curves
from .foresight import Foresight
from .frames import Frames
from .intact import FOREIGN
from .optimizers import Optimizers
from .outbox import Outbox
from .places import MAX_FRAMES, namespaces, user_frames
from .provenance import Provenance
from .readings import no_modes
from .recording import Reached, Recordings
from .repeats import Again, Repeat, Repeats
from .replays import Replays
from .reports import Reports
from .structures import Structures
from .training import Training
from .whys import Whys
from .witness import Witness

LATE_NODES = 5_000
"""Nodes that are walked at the end of a program that passed a limit: it is killed soon, and other work goes on too."""
LEAVES_TOLD = 3
"""Returns of one function after which its locals are told; later ones only when a refresh is due."""


class Observer:
    """One program's observer. `outbox` takes encoded events; `top` is the program's global namespace."""

    def __init__(
        self,
        provenance: Provenance,
        top: dict[str, Any],
        outbox: Outbox,
        curves: Curves | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        self.failure: BaseException | None = None
        self.stopped_in: list[FrameType] = []
        """Where a limit or a person ended the program: the learner's frames, whose locals are told at the end."""
        self._provenance = provenance
        self._top = top
        self._outbox = outbox
        self.reports = Reports(provenance, outbox.send)
        self._structures = Structures(provenance, top, outbox)
        curves = curves or Curves(Foresight(), Frames(outbox.send))
        self._recordings = recordings or Recordings(Recording(), curves.lengths)
        self._replays = Replays(self._recordings, self._structures, outbox)
        self.witness = Witness(provenance)
        self.reports.whys = lambda names: Whys(self.witness, names, top).because
        self._told = Backwards(outbox)
        self._told.on_recorded = self._structures.on_told = self.witness.told
        self._optimizers = Optimizers(curves, top, self._unnoticed)
        self._optimizers.on_step = self._on_step
        self._training = Training(curves, self._optimizers)
        self._repeats = Repeats(provenance)
        self._inside = False
        """Whether a backward runs: one inside it is no step of the program's."""
        self._backwards = 0
        self._left: dict[Any, int] = {}
        self._engine = autograd_graph._engine_run_backward
        provenance.on_leave = self._on_leave

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stands at the engine's choke point, and at the optimizers, for as long as the block lasts."""
        door: Any = torch.autograd
        door._engine_run_backward = self._run_backward
        try:
            with self._optimizers.watching(), self._replays.watching():
                yield
        finally:
            door._engine_run_backward = self._engine

    def finish(self, *, in_time: bool = True) -> None:
        """Tells what is left at the end: the graph, where it is not the newest one sent, and every variable.

        Past a limit there is little time left, and of a large graph as much is walked as fits in it.
        """
        self._unnoticed(self._finish, None if in_time else LATE_NODES)

    def _finish(self, most: int | None) -> None:
        names = scan(namespaces(self.stopped_in[:MAX_FRAMES], self._top))
        computed = [node for found in names.tensors.values() if (node := grad_fn_of(found.tensor)) is not None]
        self._provenance.skip()
        structures = self._structures
        ids = structures.newest.ids(names) if structures.newest else None
        if ids is None:
            walked = walk(outer_roots(computed, most), most)
            if walked.order:
                known, _, _ = structures.meet(walked, "final", [], names)
                if known is not structures.newest:
                    structures.tell(walked, names, "final", None, known.leaf_names)
            ids = node_ids(walked.order, names)
        leaves = structures.leaf_nodes([(found.name, found.tensor) for found in names.tensors.values()])
        self.reports.tell(names, leaves | ids)

    def _unnoticed(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What `work` gives; our own failure is kept for the end and never becomes the program's."""
        try:
            with torch._C.DisableTorchFunction(), no_modes():
                return work(*arguments)
        except FOREIGN as error:
            self.failure = self.failure or error
            return None

    def _run_backward(self, t_outputs: Any, *args: Any, **kwargs: Any) -> Any:
        if self._replays.reached:
            raise Reached
        caller = sys._getframe(1)
        fills = kwargs.get("accumulate_grad", True)
        inner, self._inside = self._inside, True
        again = self._again(t_outputs, args, caller) if fills and not inner else None
        seen = None if again is not None else self._unnoticed(self._read, t_outputs, fills, caller, args)
        witness, past = self.witness, None
        if again is None:
            past = self._unnoticed(partial(witness.begin, t_outputs, seen, args, caller, fills=fills))
        finished, result = False, None
        try:
            result = self._engine(t_outputs, *args, **kwargs)
            finished = True
        finally:
            self._inside = inner
            self._provenance.leave_to_caller()
            if again is not None:
                self._after_again(again, t_outputs, finished)
            elif seen is not None:
                call = Call(bool(args[1]), bool(args[2]), tuple(args[3] or ()), finished, result)
                self._unnoticed(self._after, seen, t_outputs, caller, call)
            if not finished:
                before = self._repeats.standing
                failed = partial(witness.fail, t_outputs, seen, args, caller, past, fills=fills, before=before)
                self._unnoticed(failed)
            elif past is not None:
                self._unnoticed(witness.end, past, seen, result)
            self._repeats.settle()
            self._replays.rest()
        if self._replays.reached:
            raise Reached
        return result

    def _again(self, t_outputs: Any, args: Any, caller: FrameType) -> Again | None:
        """The backward, where it is one that need not be read."""
        try:
            if len(t_outputs) == 1 and self._optimizers.stepping is None and not self.reports.is_due():
                again = self._repeats.recognise(t_outputs[0], args, caller)
                if again is None or self._passes(again, t_outputs[0]):
                    return again
            self._repeats.forget()
        except FOREIGN as error:
            self.failure = self.failure or error
        return None

    def _passes(self, again: Again, root: torch.Tensor) -> bool:
        """Whether it need not be recorded either; then it is counted."""
        value = root.item() if again.repeat.series is not None else None
        if self._optimizers.gradients.alarm or not self._recordings.lets_pass(self._backwards + 1, value):
            return False
        if value is not None:
            again.value = value
            self.witness.turn(again.frame.f_lineno, value)
        self._backwards += 1
        again.number = self._backwards
        return True

    def _read(self, t_outputs: Any, fills: bool, caller: FrameType, args: Any) -> Seen | None:
        starts = [start for start in map(start_of, t_outputs) if start[0] is not None]
        if not starts:
            return None
        self._backwards += 1
        frames = user_frames(caller)
        walked = walk([node for node, _ in starts])
        known, is_new, leaves = self._structures.meet(walked, "backward" if fills else "grad", frames, None)
        self._provenance.watched.update(frame.f_code for frame in frames if frame.f_code.co_name != "<module>")
        held = () if known.freed is not None and not args[3] else holding(walked.order[:MAX_NODES])
        empty = frozenset([id(leaf) for leaf in leaves if leaf.grad is None]) if fills else frozenset()
        seen = Seen(self._backwards, frames, walked, leaves, known, is_new, fills, empty, held)
        failure = self._replays.begin(seen, t_outputs, args[0], alarm=self._optimizers.gradients.alarm)
        self.failure = self.failure or failure
        return seen

    def _after(self, seen: Seen, t_outputs: Any, caller: FrameType, call: Call) -> None:
        self.failure = self.failure or self._replays.end(seen, call)
        series = None
        if seen.fills:
            wanted = {id(each) for each in call.inputs if isinstance(each, torch.Tensor)} if call.inputs else None
            reached = [leaf for leaf in seen.leaves if wanted is None or id(leaf) in wanted]
            self.reports.note_backward(reached, seen.empty, seen.line, raised=not call.finished)
            if call.finished and len(t_outputs) == 1 and not self._inside:
                series = self._training.backward(t_outputs[0], caller, seen.frames, reached, seen.known.leaf_names)
        elif call.finished:
            self.reports.note_asked()
        asked = None if seen.recorder is None or seen.fills else scan(namespaces(seen.frames, self._top))
        around_number = self._told.tell(seen, call, asked)
        self._replays.told(seen)
        if seen.fills and call.finished:
            leaves = [weakref.ref(leaf) for leaf in seen.leaves]
            self._repeats.learn(Repeat(seen.known, seen.known.leaf_ids, leaves, seen.empty, around_number, series))
        if seen.is_new or self.reports.is_due():
            names = scan(namespaces(seen.frames, self._top))
            newest = seen.known is self._structures.newest
            self.reports.tell(names, node_ids(seen.walked.order, names) if newest else {})

    def _after_again(self, again: Again, t_outputs: Any, finished: bool) -> None:
        repeat, frame = again.repeat, again.frame
        head, tail = repeat.around_number
        line = b"%b%d%b" % (head, again.number, tail)
        try:
            if finished:
                self.reports.note_repeated(again.leaves, repeat.empty, frame.f_lineno)
                if repeat.series is not None:
                    self._training.again(repeat.series, again.value, frame, again.leaves, repeat.known.leaf_names)
            else:
                self.reports.note_backward((), frozenset(), frame.f_lineno, raised=True)
                self._unnoticed(self._told.tell_raised, line, t_outputs)
                return
            self._outbox.hold(line)
        except FOREIGN as error:
            self.failure = self.failure or error

    def _on_step(self, optimizer: Any, frame: FrameType) -> None:
        """An optimizer is about to step."""
        if not self.witness.stepping.is_known(optimizer):
            self._unnoticed(self.witness.before_step, optimizer, frame)

    def _on_leave(self, frame: FrameType) -> None:
        """A function that was live at a backward is left: the last moment its locals can be told."""
        left = self._left[frame.f_code] = self._left.get(frame.f_code, 0) + 1
        if left <= LEAVES_TOLD or self.reports.is_due():
            self._unnoticed(lambda: self.reports.tell(scan(namespaces([frame], self._top)), {}))
