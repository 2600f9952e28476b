"""Tells a backward: what it freed, and of a recorded one each step, what became of `.grad`, and what was returned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import torch

from ..autograd import SMALL, Names, Recorder, Walk, freed_among, holding, value_of, walk
from ..events import MAX_LINE_BYTES, MAX_NODES, Backward, Check, GradChange, TensorValue, decode, encode, fits
from .outbox import Outbox
from .structures import Known

MAX_TOLD = 1_000
"""Leaves, and results of torch.autograd.grad, whose gradients one event holds."""
MAX_NAME = 200


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
    recorder: Recorder | None = None
    check: Check | None = None

    @property
    def line(self) -> int | None:
        """The learner's line that called it."""
        return self.frames[0].f_lineno if self.frames else None


@dataclass(frozen=True, slots=True)
class Call:
    """How the engine was called, and whether it ended well; `result` is what it returned."""

    retain_graph: bool
    create_graph: bool
    inputs: tuple[Any, ...]
    finished: bool
    result: Any = None


class Backwards:
    """The backwards of one program, as they are told."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._around_number: dict[Any, tuple[bytes, bytes]] = {}
        self.on_recorded: Callable[[Backward], None] = lambda event: None

    def tell(self, seen: Seen, call: Call, names: Names | None) -> tuple[bytes, bytes]:
        """Sends the event; gives what stands before and after the number of one that is like it but not recorded.

        `names` are needed where torch.autograd.grad was recorded. In a loop only the number differs, so the rest is
        encoded once. An event too long for its line goes without what was recorded.
        """
        freed = _freed(seen, call)
        key = (seen.known.index, seen.line, call.retain_graph, call.create_graph, freed, call.finished)
        told: Backward | None = None
        if key not in self._around_number or seen.recorder is not None:
            told = Backward(
                graph=seen.known.index,
                number=0,
                line=seen.line,
                retain_graph=call.retain_graph,
                create_graph=call.create_graph,
                freed=freed,
                raised=not call.finished,
            )
        if key not in self._around_number and told is not None:
            head, _, tail = encode(told).partition(b'"number":0,')
            self._around_number[key] = head + b'"number":', b"," + tail
        head, tail = self._around_number[key]
        event = None if seen.recorder is None or told is None else recorded(told, seen, call, names or Names())
        line = b"" if event is None else encode(event)
        if event is not None and len(line) <= MAX_LINE_BYTES:
            self._outbox.send(line)
            self.on_recorded(event)
        else:
            deliver = self._outbox.send if seen.is_new else self._outbox.hold
            deliver(b"%b%d%b" % (head, seen.number, tail))
        return head, tail

    def tell_raised(self, line: bytes, t_outputs: Any) -> None:
        """One taken to be like others, as `line` says, until it raised: what is freed is read off its graph."""
        walked = walk([node for node, _ in map(start_of, t_outputs) if node is not None], MAX_NODES)
        freed = freed_among(walked.order)
        self._outbox.send(encode(replace(decode(line, Backward), raised=True, freed=freed)))


def recorded(told: Backward, seen: Seen, call: Call, names: Names) -> Backward:
    """The event with all that was recorded.

    A leaf goes by its name, and by `#` and its node's id where it has none or shares it.
    """
    assert seen.recorder is not None  # who calls has seen to it
    return replace(
        told,
        number=seen.number,
        recorded=True,
        values="elements" if seen.recorder.has_elements else "norms",
        steps=seen.recorder.steps(),
        grads=_grads(seen),
        returned={} if seen.fills or not call.finished else _returned(seen, call, names),
        failed=seen.recorder.failed,
        check=seen.check,
    )


def _grads(seen: Seen) -> dict[str, GradChange]:
    assert seen.recorder is not None  # who calls has seen to it
    named = dict(zip(map(id, seen.leaves), seen.known.leaf_names, strict=True))
    grads: dict[str, GradChange] = {}
    for node, change in list(seen.recorder.changes().items())[:MAX_TOLD]:
        name = named.get(id(seen.walked.order[node].variable))
        label = f"#{node}" if name is None else fits(name, MAX_NAME)
        grads[f"{label} #{node}" if label in grads else label] = change
    return grads


def _returned(seen: Seen, call: Call, names: Names) -> dict[str, TensorValue | None]:
    """By variable, or by `#` and the node of one that has no name."""
    result: Sequence[Any] = call.result if isinstance(call.result, (tuple, list)) else ()
    returned: dict[str, TensorValue | None] = {}
    nodes = {node: at for at, node in enumerate(seen.walked.order[:MAX_NODES])}
    for asked, grad in list(zip(call.inputs, result, strict=False))[:MAX_TOLD]:
        name = names.of(asked)
        node = nodes.get(start_of(asked)[0])
        label = f"#{len(returned) if node is None else node}" if name is None else fits(name, MAX_NAME)
        label = f"{label} #{len(returned)}" if label in returned else label
        returned[label] = None if grad is None else value_of(grad, values=SMALL)
    return returned


def start_of(edge: Any) -> tuple[Any, int]:
    """The node and its output that a tensor, or a GradientEdge, stands for; (None, 0) for what the engine refuses."""
    if isinstance(edge, torch.autograd.graph.GradientEdge):
        return edge.node, edge.output_nr
    if not isinstance(edge, torch.Tensor) or not edge.requires_grad:
        return None, 0
    try:
        return torch.autograd.graph._get_grad_fn_or_grad_acc(edge), edge.output_nr
    except (AssertionError, AttributeError, RuntimeError):
        # A view of a leaf made under no_grad says that it requires grad and has nothing behind it; a transform's tensor
        # has a level that is not the one at work.
        return None, 0


def _freed(seen: Seen, call: Call) -> tuple[int, ...]:
    """The nodes that hold nothing more. Of equal structures a backward to all leaves that ends well frees the same."""
    if not call.finished:
        return freed_among(seen.walked.order[:MAX_NODES])
    if call.retain_graph:
        return ()
    freed = None if call.inputs else seen.known.freed
    if freed is None:
        still = set(holding(seen.walked.order[:MAX_NODES])) if seen.holding else set()
        freed = tuple(position for position in seen.holding if position not in still)
    if not call.inputs:
        seen.known.freed = freed
    return freed
