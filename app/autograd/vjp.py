"""One backward -> its steps: which node worked when, and the gradients that went into it and came out.

Hooks stand at every node while the engine runs and are removed whatever happens. They note and never change; the order
in which they are called is the engine's own. Knows nothing of names or lines.
Source: https://docs.pytorch.org/docs/stable/autograd.html, "Node.register_prehook" and "Node.register_hook".
"""

import gc
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from ..events import GradChange, Step, TensorValue
from .arrivals import Arrival, Slots, meet, pending
from .kept import SMALL, Keeper, Kept
from .ready import next_in_line
from .walk import Walk

_modes: Callable[[], int] = torch._C._len_torch_dispatch_stack
MAX_SLOTS = 1_000
"""Gradients of one node that are told; more come from an unbind of a very long tensor."""


class Recorder:
    """Records one backward over a walked graph: the first `nodes` of it, `numbers` elements of small gradients.

    Shapes: `seeds` are the gradients that the engine starts with, each as (node, output_nr, gradient or None).
    While the hooks stand, the graph lives.
    """

    def __init__(
        self, walked: Walk, seeds: Iterable[tuple[Any, int, Any]], *, nodes: int, numbers: int, small: int = SMALL
    ) -> None:
        self.failure: Exception | None = None
        self.failed: int | None = None
        """The node that was at work when the engine raised."""
        self.watch: int | None = None
        """A leaf's node whose gradient is wanted as it is, in `brought`."""
        self.brought: torch.Tensor | None = None
        self._keeper = Keeper(numbers, small)
        self._begun: list[tuple[int, Slots, Slots | None]] = []
        self._done: dict[int, Slots] = {}
        self._old: dict[int, Kept | None] = {}
        self._changes: dict[int, tuple[Kept | None, Kept | None, Kept | None]] = {}
        self._passed: dict[int, list[Arrival]] = {}
        """Node -> what its edges have brought it so far."""
        self._hooks: list[Any] = []
        self._order: Sequence[Any] = walked.order[:nodes]
        self._compares = len(self._order) == len(walked.order)
        """Whether all that arrives at a node is seen."""
        self._routes: list[list[tuple[int, int, int]]] = [[] for _ in self._order]
        for tail, input_nr, head, output_nr in walked.routes(nodes):
            if head < nodes:
                self._routes[tail].append((input_nr, head, output_nr))
        at = {node: position for position, node in enumerate(walked.order[: walked.roots])}
        for node, output_nr, seed in seeds:
            if seed is not None and at.get(node, nodes) < nodes:
                arrival = output_nr, seed, seed._version, self._keeper.keep(seed)
                self._passed.setdefault(at[node], []).append(arrival)

    def hook(self) -> None:
        """Puts the hooks in place. The cyclic collector rests until `unhook`: it would cost more than all they do."""
        self._was_on = gc.isenabled()
        gc.disable()
        try:
            self._hook()
        except BaseException:
            self.unhook()
            raise

    def _hook(self) -> None:
        add, note, work = self._hooks.append, self._note, self._work
        for at, node in enumerate(self._order):
            if type(node).__name__ == "AccumulateGrad":
                add(node.register_prehook(partial(note, self._begin_leaf, at, node.variable)))
                add(node.register_hook(partial(note, self._end_leaf, at, node.variable)))
            elif isinstance(node, torch.autograd.function.BackwardCFunction):
                self._keeper.waits = False
                add(node.register_prehook(partial(note, self._begin, at)))  # it may change in place what it is given
                add(node.register_hook(partial(note, self._end, at)))
            else:
                add(node.register_hook(partial(work, at)))

    def note_failure(self, walked: Walk, targets: Iterable[Any] | None) -> None:
        """The engine raised: finds `failed`. `targets` are the nodes it was to reach, None for all leaves.

        A hook at a node's beginning tells it, or else the engine's rule which of the nodes that are ready goes first.
        """
        self.failed = next((at for at, *_ in reversed(self._begun) if at not in self._done), None)
        if self.failed is None and self._compares:
            self.failed = next_in_line(walked, self._done.keys(), targets)
            if self.failed is not None:
                self._begun.append((self.failed, *pending(self._passed.get(self.failed, []), self._keeper.keep)))

    def unhook(self) -> None:
        """Removes the hooks, and lets go of what they held of the program's; then all that was read can be told."""
        for each in self._hooks:
            each.remove()
        self._hooks.clear()
        self._passed.clear()
        self._order = ()
        self._keeper.settle()
        if self._was_on:
            gc.enable()

    # --- what is told, after `unhook`

    @property
    def has_elements(self) -> bool:
        """Whether every small gradient is there with its elements: the budget was kept."""
        return not self._keeper.exceeded

    def steps(self) -> tuple[Step, ...]:
        """The nodes' work in the engine's order; of the one that failed only what went in."""
        done = self._done
        return tuple(
            [
                Step(
                    node=at,
                    grad_outputs=_values(grad_outputs),
                    grad_inputs=_values(done.get(at, ())),
                    arrived=None if arrived is None else _values(arrived),
                )
                for at, grad_outputs, arrived in self._begun
            ]
        )

    def changes(self) -> dict[int, GradChange]:
        """Node id of each AccumulateGrad that worked -> what it did to its leaf's `.grad`."""
        return {
            at: GradChange(old=_value(old), added=_value(added), new=_value(new))
            for at, (old, added, new) in self._changes.items()
        }

    # --- what the hooks do, written for speed

    def _note(self, work: Callable[..., None], *arguments: Any) -> None:
        """Does what a hook does, unseen by modes of the program's own; it never becomes the program's failure."""
        try:
            with torch._C.DisableTorchFunction():
                if not _modes():
                    work(*arguments)
                    return
            with torch._C.DisableTorchFunction(), _disable_current_modes():
                work(*arguments)
        except Exception as error:
            self.failure = self.failure or error

    def _work(self, at: int, grad_inputs: Any, grad_outputs: Any) -> None:
        """A node of torch's own is done: what it began with is unchanged. So are most: this is `_note`, unfolded."""
        try:
            with torch._C.DisableTorchFunction():
                if not _modes():
                    self._begin(at, grad_outputs)
                    self._end(at, grad_inputs)
                    return
        except Exception as error:
            self.failure = self.failure or error
            return
        self._note(self._begin, at, grad_outputs)
        self._note(self._end, at, grad_inputs)

    def _begin_leaf(self, at: int, leaf: Any, grad_outputs: Any) -> None:
        """A leaf's `.grad` is about to be filled: an old one may be added to in place, so it is read before."""
        self._begin(at, grad_outputs)
        self._keeper.release(grad_outputs[0])
        self._old[at] = self._keep_grad(leaf, None)
        if at == self.watch and grad_outputs[0] is not None:
            self.brought = grad_outputs[0].detach().clone()

    def _end_leaf(self, at: int, leaf: Any, *_: Any) -> None:
        self._done[at] = ()
        added, was = self._begun[-1][1][0], self._old.pop(at)
        # A gradient that nothing was added to, and nobody touched since, holds what came in.
        self._changes[at] = was, added, self._keep_grad(leaf, added if was is None else None)

    def _begin(self, at: int, grad_outputs: Any) -> None:
        """A node begins. Where one edge brought the very gradient it begins with, that was read already."""
        brought = self._passed.pop(at, None)
        if brought is not None and len(brought) == 1 == len(grad_outputs):
            _, tensor, version, kept = brought[0]
            if tensor is grad_outputs[0] and tensor._version == version:
                self._begun.append((at, (kept,), None))
                return
        slots, arrived = meet(grad_outputs[:MAX_SLOTS], brought or [], self._keeper.keep)
        self._begun.append((at, slots, arrived if self._compares else None))

    def _end(self, at: int, grad_inputs: Any, *_: Any) -> None:
        """A node is done: what it gave goes along its edges."""
        keep, passed = self._keeper.keep, self._passed
        slots = [None if each is None else keep(each) for each in grad_inputs[:MAX_SLOTS]]
        self._done[at] = tuple(slots)
        for input_nr, head, output_nr in self._routes[at]:
            tensor = grad_inputs[input_nr]
            if tensor is None:
                continue
            kept = slots[input_nr] if input_nr < MAX_SLOTS else keep(tensor)
            arrival = output_nr, tensor, tensor._version, kept
            if head in passed:
                passed[head].append(arrival)
            else:
                passed[head] = [arrival]

    def _keep_grad(self, leaf: Any, untouched: Kept | None) -> Kept | None:
        """A leaf's `.grad` as it is; `untouched` is what it is known to hold if it was never changed in place."""
        grad = leaf.grad
        if grad is None:
            return None
        return untouched if untouched is not None and grad._version == 0 else self._keeper.keep(grad)


def _value(kept: Kept | None) -> TensorValue | None:
    return None if kept is None else kept.value


def _values(slots: Iterable[Kept | None]) -> tuple[TensorValue | None, ...]:
    return tuple([None if kept is None else kept.value for kept in slots])
