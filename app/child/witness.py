"""Sees what one program does, for the sentences about it: at its marks, its backwards and its optimizers' steps.

Gathers; what it means is said elsewhere, from the facts that `testimony` makes of it. Keeps nothing of the learner's alive.
"""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch

from ..autograd import walk
from ..events import MAX_NODES, Backward, Graph
from .backwards import Seen, start_of
from .customs import Customs, Disagreement
from .glimpses import glimpse
from .passes import Passes, Past
from .places import position_of, user_frames
from .provenance import Provenance
from .stepping import LoosePart, Stepping, loose_parts
from .tiling import sequence_nr

MAX_GRAPHS = 30
MAX_RECORDED = 12
MAX_HEARD = 50
LOOKS = 12
"""Backwards of one line that are noted."""


class Witness:
    """What was seen of one program."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.customs = Customs()
        provenance.on_enter = self.customs.enter
        self.looks = provenance.looks
        self.passes = Passes()
        self.stepping = Stepping()
        self.graphs: list[Graph] = []
        self.recorded: list[Backward] = []
        self._begun: dict[int | None, int] = {}
        self.heard: list[tuple[str, str, int | None]] = []
        self.loose: list[LoosePart] = []
        self.leaf_names: dict[int, str] = {}
        self.disagreements: list[Disagreement] = []
        self.turns: dict[int | None, list[float]] = {}
        """For each line with a backward: its first value, its last finite one, how often, growths in a row, at the end."""

    # --- backwards

    def begin(self, t_outputs: Any, seen: Seen | None, args: Any, caller: FrameType, *, fills: bool) -> Past | None:
        """A backward that is read begins; of one that starts nowhere `seen` is None.

        None where its place was looked at often enough.
        """
        self.looks.forget()
        root = t_outputs[0] if t_outputs else None
        line = seen.line if seen else None
        if isinstance(root, torch.Tensor) and root.numel() == 1 and root.is_floating_point():
            self.turn(line, float(root.item()))
        self._begun[line] = self._begun.get(line, 0) + 1
        if self._begun[line] > LOOKS and seen is not None and not seen.is_new:
            return None
        past = self._past(t_outputs, seen, args, caller, fills=fills)
        self.passes.begin(past, seen.leaves if seen else ())
        return past

    def _past(self, t_outputs: Any, seen: Seen | None, args: Any, caller: FrameType, *, fills: bool) -> Past:
        looks = self.looks
        looks.moment += 1
        frames = seen.frames if seen else user_frames(caller)
        frame = frames[0] if frames else None
        root = t_outputs[0] if t_outputs else None
        trace = looks.trace_of(root)
        numbers = [node._sequence_nr() for node in seen.walked.order[:MAX_NODES]] if seen else []
        for leaf, name in zip(seen.leaves, seen.known.leaf_names, strict=False) if seen else ():
            if name is not None:
                self.leaf_names[id(leaf)] = name
        self.passes.clips = self.passes.clips or any(each.words.startswith("clip_") for each in looks.noted)
        return Past(
            number=seen.number if seen else 0,
            moment=looks.moment,
            line=frame.f_lineno if frame else None,
            function=frame.f_code.co_qualname if frame else None,
            span=_span(frame),
            root=_kept(root),
            numbers=dict.fromkeys(numbers),
            leaves=[id(leaf) for leaf in seen.leaves] if seen else [],
            fills=fills,
            retain_graph=bool(args[1]),
            create_graph=bool(args[2]),
            again=None,
            events=trace.events,
            sources=trace.sources,
            graph=seen.known.index if seen else None,
            standing=sequence_nr(),
        )

    def end(self, past: Past, seen: Seen | None, result: Any) -> None:
        """It is over, and ended well."""
        self.looks.moment += 1
        self.passes.end(past, seen.leaves if seen else ())
        if not past.fills and isinstance(result, (tuple, list)):
            self.looks.returned(result, past.number)

    def fail(
        self, t_outputs: Any, seen: Seen | None, args: Any, caller: FrameType, past: Past | None, *, fills: bool, before: int
    ) -> None:
        """The engine raised: what it met is looked for in its graph. `before` is where the counter stood at the last end."""
        if past is None:
            past = self._past(t_outputs, seen, args, caller, fills=fills)
            self.passes.all.append(past)
        past.raised = True
        starts = [node for node, _ in map(start_of, t_outputs) if node is not None]
        if starts:
            walked = walk(starts)
            past.numbers = dict.fromkeys(node._sequence_nr() for node in walked.order[:MAX_NODES])
            self.passes.fail(walked, before)

    def turn(self, line: int | None, value: float) -> None:
        """A backward began at a number. Written for speed: it runs at every step."""
        known = self.turns.get(line)
        if known is None:
            self.turns[line] = [value, value, 1, 0, 0]
            return
        known[2] += 1
        if math.isfinite(value):
            if not known[4]:
                known[3] = known[3] + 1 if abs(value) > abs(known[1]) else 0
                known[1] = value
        elif not known[4]:
            known[4] = known[2]

    def told(self, event: Graph | Backward) -> None:
        """A graph or a backward was told."""
        if isinstance(event, Graph):
            if len(self.graphs) < MAX_GRAPHS:
                self.graphs.append(event)
        elif event.recorded and (len(self.recorded) < MAX_RECORDED or _is_odd(event)):
            del self.recorded[2 * MAX_RECORDED :]
            self.recorded.append(event)

    # --- the rest

    def before_step(self, optimizer: Any, frame: FrameType) -> None:
        """An optimizer is about to step; at its first step the modules that ran are looked at."""
        self.looks.moment += 1
        if id(optimizer) not in self.stepping.optimizers:
            self.look_at_modules()
        frames = user_frames(frame)
        self.stepping.before_step(optimizer, self.looks.moment, frames[0].f_lineno if frames else None)

    def look_at_modules(self) -> None:
        """Looks for what the modules that ran hold without knowing of it."""
        told = {(id(part.module()), part.attribute) for part in self.loose}
        for part in loose_parts(self.provenance.modules.ran()):
            if (id(part.module()), part.attribute) not in told:
                self.loose.append(part)

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Hears the program's warnings, which are shown as ever."""
        shown = warnings.showwarning
        show: Callable[..., None] = shown

        def heard(message: Any, category: Any, filename: str, lineno: int, *rest: Any, **named: Any) -> None:
            if len(self.heard) < MAX_HEARD:
                self.heard.append((category.__name__, str(message)[:2_000], lineno if filename == "<user>" else None))
            show(message, category, filename, lineno, *rest, **named)

        warnings.showwarning = heard
        try:
            yield
        finally:
            if warnings.showwarning is heard:
                warnings.showwarning = shown


def _kept(root: Any) -> Any:
    seen = glimpse(root)
    if seen is not None:
        seen.grad_fn = type(seen.grad_fn).__name__ if seen.grad_fn is not None else None
    return seen


def _span(frame: FrameType | None) -> Any:
    if frame is None:
        return None
    (line, column), (end_line, end_column) = position_of(frame)
    return line, column, end_line, end_column


def _is_odd(event: Backward) -> bool:
    return any(each and each.nonfinite for step in event.steps for each in (*step.grad_outputs, *step.grad_inputs))
