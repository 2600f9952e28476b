"""Tells every variable's report: after a backward, at most once a second where it changed, and at the end."""

import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import torch

from ..autograd import Found, History, Names, report
from ..events import Tensor, encode, fits
from ..explain import GradFacts, explain_grad
from .intact import FOREIGN
from .places import SourcePlaces
from .provenance import Provenance

MAX_SENTENCE = 4_000
REFRESH_S = 1.0
REFRESH_SHARE = 20
"""A refresh waits at least this many times as long as the last one took, so that large models are not slowed."""


@dataclass(slots=True)
class Arrivals:
    """How often, and last on which line, a backward reached a leaf; weak, so that nothing is kept alive."""

    tensor: "weakref.ref[torch.Tensor]"
    count: int = 0
    line: int | None = None


class Reports:
    """What is known of one program's variables, and what was told of them."""

    def __init__(self, provenance: Provenance, send: Callable[[bytes], None]) -> None:
        self._provenance = provenance
        self._send = send
        self._arrivals: dict[int, Arrivals] = {}
        self._told: dict[str, bytes] = {}
        self._next_refresh = 0.0
        self._filled = 0
        self._asked = False
        self._raised = False
        self._last_line: int | None = None
        self._last_moment = 0
        self.whys: Callable[[Names], Callable[[torch.Tensor, Tensor], str | None]] = lambda names: lambda *_: None
        """Gives, for the names there are now, what is known of the cause of a tensor's report."""
        self.on_told: Callable[[], None] = lambda: None

    def note_backward(
        self, leaves: Iterable[torch.Tensor], empty: frozenset[int], line: int | None, *, raised: bool = False
    ) -> None:
        """A backward that fills `.grad` ran over a graph with these leaves; one that raised may have filled some.

        `empty` holds the identities of those whose `.grad` was None before: their count begins anew.
        """
        if raised:
            self._raised = True
            return
        self._filled += 1
        self._last_line = line
        self._last_moment = self._provenance.tick()
        for leaf in leaves:
            if leaf.grad is None:
                continue
            arrivals = self._arrivals.get(id(leaf))
            if arrivals is None or arrivals.tensor() is not leaf:
                arrivals = self._arrivals[id(leaf)] = Arrivals(weakref.ref(leaf))
            arrivals.count = 1 if id(leaf) in empty else arrivals.count + 1
            arrivals.line = line

    def note_repeated(self, leaves: Iterable[torch.Tensor], empty: frozenset[int], line: int) -> None:
        """A backward ran that is known to fill the same leaves as the one before it."""
        self._filled += 1
        self._last_line = line
        self._provenance.clock += 1
        self._last_moment = self._provenance.clock
        for leaf in leaves:
            arrivals = self._arrivals[id(leaf)]
            arrivals.count = 1 if id(leaf) in empty else arrivals.count + 1

    def note_asked(self) -> None:
        """torch.autograd.grad returned gradients; it fills no `.grad`."""
        self._asked = True

    def is_due(self) -> bool:
        """Whether a refresh may be told by now."""
        return time.monotonic() >= self._next_refresh

    def tell(self, names: Names, ids: dict[int, int]) -> None:
        """Sends the reports that changed. `ids` maps a tensor's identity to its node in the newest graph."""
        started = time.monotonic()
        places, because = SourcePlaces(self._provenance), self.whys(names)
        for found in names.tensors.values():
            # A tensor that refuses to be read (a transform's, a fake one's, a liar's) must not silence the others.
            with suppress(*FOREIGN):
                self._tell_one(self._explained(found, ids.get(id(found.tensor)), places, because))
        self._provenance.skip()
        ended = time.monotonic()
        self.on_told()
        self._next_refresh = ended + max(REFRESH_S, REFRESH_SHARE * (ended - started))

    def _explained(
        self,
        found: Found,
        node: int | None,
        places: SourcePlaces,
        because: Callable[[torch.Tensor, Tensor], str | None],
    ) -> Tensor:
        arrivals = self._arrivals.get(id(found.tensor))
        if arrivals is not None and arrivals.tensor() is not found.tensor:
            arrivals = None
        backward_since = self._filled > 0 and self._last_moment > places.moment(found)
        history = History(backward_since=backward_since, reached=arrivals is not None)
        told = report(found, node=node, line=places.line(found), history=history)
        facts = GradFacts(
            arrivals=arrivals.count if arrivals else 0,
            arrived_line=arrivals.line if arrivals else self._last_line,
            backwards=self._filled,
            backward_line=self._last_line,
            asked=self._asked,
            raised=self._raised,
            can_require=(found.tensor.is_floating_point() or found.tensor.is_complex())
            and not found.tensor.is_inference(),
            because=because(found.tensor, told),
        )
        return replace(told, explanation=fits(explain_grad(told, facts), MAX_SENTENCE))

    def _tell_one(self, told: Tensor) -> None:
        line = encode(told)
        if self._told.get(told.name) != line:
            self._told[told.name] = line
            self._send(line)
