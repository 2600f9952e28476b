"""What each backward found and left: gradients from before, graphs that were freed, saved tensors that changed.

Only backwards that are read are noted: a loop's, once it is known, repeats what was noted. Keeps no tensor alive.
"""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..autograd import FREED, Walk, complaint, held
from .glimpses import Glimpse
from .operands import Span

MAX_PASSES = 200
MAX_NODES = 3_000
MAX_LEAVES = 60
CHANGED = "modified by an inplace operation"


@dataclass(slots=True)
class Past:
    """One backward. `numbers` are the sequence numbers of its graph's nodes, of which the root's comes first."""

    number: int
    moment: int
    line: int | None
    function: str | None
    span: Span | None
    root: Glimpse | None
    root_node: str | None
    numbers: dict[int, None]
    leaves: list[int]
    fills: bool
    retain_graph: bool
    create_graph: bool
    again: int | None
    events: frozenset[int]
    sources: frozenset[int]
    piled: list[int] = field(default_factory=list)
    used: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    raised: bool = False
    graph: int | None = None
    standing: int = 0
    """Where autograd's counter stood."""


@dataclass(slots=True)
class Left:
    """A leaf's `.grad` as a backward left it, and the leaf's own version then."""

    leaf: Any
    grad_version: int
    leaf_version: int
    moment: int


@dataclass(frozen=True, slots=True)
class Freed:
    """A node whose saved tensors were freed, by its sequence number, and one that was computed from its output."""

    name: str
    number: int
    consumer: int | None


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A node that saved a tensor which changed since: which, in what storage, at what version it was saved."""

    name: str
    number: int
    saved: str
    storage: int | None
    identity: int
    version: int
    saved_version: int | None
    is_result: bool


class Passes:
    """The backwards of one program."""

    def __init__(self) -> None:
        self.all: list[Past] = []
        self.freed: Freed | None = None
        self.overwritten: Overwritten | None = None
        self.reached: dict[int, tuple[Any, int]] = {}
        """Identity of a leaf -> itself, weakly, and how many noted backwards brought it a gradient."""
        self.asked: dict[int, Any] = {}
        """Identity of a leaf that torch.autograd.grad led to -> itself, weakly."""
        self.clips = False
        """Whether the program clips gradients, which changes them without clearing them."""
        self._left: dict[int, Left] = {}
        self._pending: dict[int, Past] = {}
        """Leaves whose used gradient was added to: a mistake where the sum is used as well."""

    def begin(self, past: Past, leaves: Sequence[torch.Tensor]) -> None:
        """A backward begins: which of its leaves still hold a gradient from before?"""
        for earlier in self.all:
            if past.again is None and not earlier.raised and _root_number(earlier) == _root_number(past) is not None:
                past.again = earlier.number
        if past.fills:
            for leaf in leaves[:MAX_LEAVES]:
                self._look_at_old(past, leaf)
        if len(self.all) < MAX_PASSES:
            self.all.append(past)

    def _look_at_old(self, past: Past, leaf: torch.Tensor) -> None:
        pending = self._pending.pop(id(leaf), None)
        if len(self.all) > MAX_PASSES // 2 or not self._is_old(leaf):
            return
        past.piled.append(id(leaf))
        if leaf._version != self._left[id(leaf)].leaf_version:
            past.used.append(id(leaf))
            self._pending[id(leaf)] = past
            if pending is not None:
                pending.twice.append(id(leaf))

    def _is_old(self, leaf: torch.Tensor) -> bool:
        """Whether the leaf's `.grad` still holds what the backward before had left there."""
        left, grad = self._left.get(id(leaf)), leaf.grad
        if left is None or left.leaf() is not leaf or grad is None:
            return False
        return (self.clips or grad._version == left.grad_version) and bool(grad.detach().any())

    def settle(self) -> None:
        """The program is over: was a gradient that had been added to used after all?"""
        for identity, past in self._pending.items():
            leaf = self._left[identity].leaf()
            if leaf is not None and leaf._version != self._left[identity].leaf_version and self._is_old(leaf):
                past.twice.append(identity)
        self._pending.clear()

    def end(self, past: Past, leaves: Sequence[torch.Tensor]) -> None:
        """It is over: what it left in `.grad`."""
        if not past.fills:
            self.asked.update((id(leaf), weakref.ref(leaf)) for leaf in leaves[:MAX_LEAVES])
            return
        for leaf in leaves[:MAX_LEAVES]:
            grad = leaf.grad
            if grad is not None:
                self._left[id(leaf)] = Left(weakref.ref(leaf), grad._version, leaf._version, past.moment)
        for leaf in leaves:
            if leaf.grad is not None:
                self.reached[id(leaf)] = weakref.ref(leaf), self.times_reached(leaf) + 1

    def times_reached(self, leaf: torch.Tensor) -> int:
        """How many noted backwards brought this very leaf a gradient: its identity may have been another's before."""
        ref, count = self.reached.get(id(leaf), (None, 0))
        return count if ref is not None and ref() is leaf else 0

    def is_asked(self, leaf: torch.Tensor) -> bool:
        """Whether torch.autograd.grad led to this very leaf."""
        ref = self.asked.get(id(leaf))
        return ref is not None and ref() is leaf

    def fail(self, walked: Walk, before: int) -> None:
        """The engine raised: which saved tensors were gone, which were changed. The engine takes the newest node first.

        `before` is autograd's counter at the end of the backward before: what it freed is older.
        """
        older: Freed | None = None
        by_age = sorted(walked.order[:MAX_NODES], key=_number, reverse=True)
        consumers = {head: tail for tail, head, _ in reversed(list(walked.edges()))}
        position = {node: at for at, node in enumerate(walked.order)}
        for node in by_age:
            if _number(node) >= 2**63:
                continue
            words = complaint(node)
            if words is not None and FREED in words[1]:
                tail = consumers.get(position[node])
                consumer = None if tail is None else _number(walked.order[tail])
                freed = Freed(type(node).__name__, _number(node), consumer)
                if self._is_earlier(_number(node)):
                    self.freed = freed
                    return
                # else this very backward freed it before it failed, or one that was not noted
                older = older or (freed if _number(node) < before else None)
            if words is not None and CHANGED in words[1]:
                self.overwritten = _overwritten(node, *words)
                return
        self.freed = older

    def _is_earlier(self, number: int) -> bool:
        """Whether an earlier backward went through the node and freed it."""
        return any(number in past.numbers and not past.retain_graph and not past.raised for past in self.all)


def _root_number(past: Past) -> int | None:
    return next(iter(past.numbers), None)


def _number(node: Any) -> int:
    return int(node._sequence_nr())


def _overwritten(node: Any, saved: str, words: str) -> Overwritten:
    tensors = held(node, saved)
    expected = words.rpartition("expected version ")[2].split(" ")[0]
    saved_version = int(expected) if expected.isdigit() else None
    changed = next((each for each in tensors if each._version != saved_version), tensors[0] if tensors else None)
    return Overwritten(
        name=type(node).__name__,
        number=_number(node),
        saved=saved,
        storage=None if changed is None else changed.untyped_storage()._cdata,
        identity=id(changed),
        version=0 if changed is None else changed._version,
        saved_version=saved_version,
        is_result=saved.startswith("result"),
    )
