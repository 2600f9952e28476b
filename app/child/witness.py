"""Sees what one program does, for the sentences about it: at its marks, its backwards and its optimizers' steps.

Gathers; what it means is said elsewhere, from the facts that `accounts` makes of it. Keeps nothing of the learner's
alive.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch

from ..autograd import grad_fn_of, walk
from ..events import MAX_NODES, Backward, Graph
from .backwards import Seen, start_of
from .births import Born, birth_in
from .customs import Customs, Disagreement
from .glimpses import Glimpse, glimpse
from .happenings import without_graph
from .passes import MAX_NODES as MOST_READ
from .passes import Passes, Past
from .places import position_of, user_frames
from .provenance import Provenance
from .readings import element
from .stepping import LoosePart, Stepping, loose_parts
from .tiling import sequence_nr

MAX_GRAPHS = 30
MAX_RECORDED = 12
MAX_HEARD = 50
LOOKS = 12
"""Backwards of one line that are noted."""


class Turns:
    """The values that backwards of one line began at: how many, how many in a row grew, and which was no number."""

    __slots__ = ("count", "ended", "first", "grew", "last")

    def __init__(self, first: float) -> None:
        self.first = self.last = first
        self.count = self.grew = self.ended = 0


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
        self.births: dict[int | None, Born | None] = {}
        """Where the first value that was no number came from, by the backward's line."""
        self.served: set[str] = set()
        """Names of leaves that a backward led to and ended well."""
        self.disagreements: list[Disagreement] = []
        self.turns: dict[int | None, Turns] = {}
        """The values that backwards began at, by line."""

    # --- backwards

    def begin(self, t_outputs: Any, seen: Seen | None, args: Any, caller: FrameType, *, fills: bool) -> Past | None:
        """A backward that is read begins; of one that starts nowhere `seen` is None.

        None where its place was looked at often enough.
        """
        self.looks.forget()
        root = t_outputs[0] if t_outputs else None
        line = seen.line if seen else None
        value = element(root) if isinstance(root, torch.Tensor) else None
        if value is not None:
            self.turn(line, value)
            if value - value != 0 and seen is not None and line not in self.births:
                self.births[line] = birth_in(seen.walked.order)
        self._begun[line] = self._begun.get(line, 0) + 1
        if self._begun[line] > LOOKS and seen is not None and not seen.is_new:
            return None
        past = self._past(t_outputs, seen, args, caller, fills=fills)
        self.looks.hidden.look(seen.walked.order if seen else ())
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
            function=_function(frame),
            span=_span(frame),
            root=_kept(root),
            root_node=_node_name(root),
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
        if seen is not None:
            self.served.update(name for name in seen.known.leaf_names if name is not None)
        for leaf in seen.leaves if seen and past.fills else ():
            made = self.looks.happenings.made.get(id(leaf))
            if made is not None and made.result is not None and made.result.object() is leaf:
                made.reached += 1
        if not past.fills and isinstance(result, (tuple, list)):
            self.looks.happenings.returned(result, past.number, past.moment)

    def fail(
        self,
        t_outputs: Any,
        seen: Seen | None,
        args: Any,
        caller: FrameType,
        past: Past | None,
        *,
        fills: bool,
        before: int,
    ) -> None:
        """The engine raised: what it met is looked for in its graph.

        `before` is where autograd's counter stood when the last backward was over.
        """
        if past is None:
            past = self._past(t_outputs, seen, args, caller, fills=fills)
            self.passes.all.append(past)
        past.raised = True
        starts = [node for node, _ in map(start_of, t_outputs) if node is not None]
        if starts:
            walked = walk(starts, MOST_READ)
            past.numbers = dict.fromkeys(node._sequence_nr() for node in walked.order[:MAX_NODES])
            self.passes.fail(walked, before)

    def turn(self, line: int | None, value: float) -> None:
        """A backward began at a number. Written for speed: it runs at every step."""
        turns = self.turns.get(line)
        if turns is None:
            turns = self.turns[line] = Turns(value)
        turns.count += 1
        if turns.ended:
            return
        if value - value == 0:
            turns.grew = turns.grew + 1 if abs(value) > abs(turns.last) else 0
            turns.last = value
        else:
            turns.ended = turns.count

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


def _function(frame: FrameType | None) -> str | None:
    """The function's name as marks write it."""
    name = frame.f_code.co_qualname.replace(".<locals>", "") if frame else "<module>"
    return None if name == "<module>" else name


def _kept(root: Any) -> Glimpse | None:
    seen = glimpse(root)
    return without_graph(seen) if seen is not None else None


def _node_name(root: Any) -> str | None:
    node = grad_fn_of(root) if isinstance(root, torch.Tensor) else None
    return None if node is None else type(node).__name__


def _span(frame: FrameType | None) -> Any:
    if frame is None:
        return None
    (line, column), (end_line, end_column) = position_of(frame)
    return line, column, end_line, end_column


def _is_odd(event: Backward) -> bool:
    return any(each and each.nonfinite for step in event.steps for each in (*step.grad_outputs, *step.grad_inputs))
