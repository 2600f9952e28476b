"""Records a backward that is to be recorded, and in a run that is done again for one backward ends it there.

Joins the choice (`recording`) to the work (`autograd.vjp`); the check stands in `checks`.
"""

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ..autograd import SMALL, Recorder, is_readable
from ..events import MAX_NODES, MAX_VALUES
from .backwards import Call, Seen, start_of
from .checks import Checks
from .intact import FOREIGN
from .outbox import Outbox
from .readings import only_element
from .recording import Recordings
from .structures import Structures

MAX_TRIED = 300
"""Nodes of a graph that is tried before the engine runs, to record a backward that will raise."""


class Replays:
    """The recorded backwards of one program."""

    def __init__(self, recordings: Recordings, structures: Structures, outbox: Outbox) -> None:
        self.reached = False
        """Whether the backward that a run is done again for is over."""
        self._collects = False
        """Whether the cyclic collector was on before a backward was recorded."""
        self._recordings = recordings
        self._structures = structures
        self._outbox = outbox
        rerun = recordings.rerun
        self._checks = None if rerun is None or rerun.check is None else Checks(rerun.check)
        outbox.muted = rerun is not None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notes what the check will need, where one is asked for."""
        if self._checks is None:
            yield
            return
        with self._checks.taping():
            yield

    def begin(self, seen: Seen, t_outputs: Any, seeds: Any, *, alarm: bool) -> BaseException | None:
        """A backward is about to begin; `alarm` says that the gradients before it were not finite.

        Gives our own failure, if there was one: then nothing is recorded.
        """
        try:
            self._begin(seen, t_outputs, seeds, alarm)
        except FOREIGN as error:
            seen.recorder = None
            return error
        return None

    def _begin(self, seen: Seen, t_outputs: Any, seeds: Any, alarm: bool) -> None:
        value = only_element(t_outputs[0]) if isinstance(t_outputs[0], torch.Tensor) else None
        is_finite = not alarm and (value is None or math.isfinite(value))
        if not self._recordings.wants(seen.number, seen.frames, is_new=seen.is_new, is_finite=is_finite):
            order = seen.walked.order
            if len(order) > MAX_TRIED or all(map(is_readable, order)) or not self._recordings.wants_odd():
                return
        budget, rerun = self._recordings.budget, self._recordings.rerun
        self._collects = self._collects or gc.isenabled()
        gc.disable()  # a collection over what a record is made of would cost more than the record
        if rerun is not None:
            self._outbox.muted = False
            seen.known = self._structures.tell_alone(seen.walked, "backward" if seen.fills else "grad", seen.frames)
            self._outbox.muted = True
        starts = [(*start_of(root), seed) for root, seed in zip(t_outputs, seeds, strict=False)]
        small = SMALL if rerun is None else MAX_VALUES
        nodes = min(budget.nodes, MAX_NODES)
        seen.recorder = Recorder(seen.walked, starts, nodes=nodes, numbers=budget.numbers, small=small)
        if self._checks is not None:
            self._checks.begin(seen, t_outputs, seeds)
        seen.recorder.hook()

    def end(self, seen: Seen, call: Call) -> BaseException | None:
        """It is over; gives our own failure, if there was one."""
        if seen.recorder is None:
            if self._checks is not None:
                self._checks.passed()
            return None
        if not call.finished:
            targets = [start_of(each)[0] for each in call.inputs]
            seen.recorder.note_failure(seen.walked, targets or None)
        seen.recorder.unhook()
        if self._checks is not None:
            seen.check = self._checks.end(seen, call)
        self._outbox.muted = False
        return seen.recorder.failure

    def rest(self) -> None:
        """A backward is over and told: the cyclic collector works again, where it did."""
        if self._collects:
            self._collects = False
            gc.enable()

    def told(self, seen: Seen) -> None:
        """Its event is sent. Where it raised, the program goes on to tell how it ends, or to its next backward."""
        if self._recordings.rerun is not None and seen.recorder is not None:
            self._outbox.muted = True
            self.reached = True
