"""A tape done again in float64, with an element of one leaf shifted. Knows nothing of gradients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .tape import DROPOUT, Entry, Leaf, Place, arguments_of, place_of

SAME = 1e-2
"""How far a root done again may be from what it was, relative to it: float32 and float64 round differently."""
NARROW = frozenset((torch.float32, torch.float16, torch.bfloat16))
MAX_COPIED = 2**16
"""Elements up to which a constant is copied each time, since an operation may change it in place."""


class Unrepeatable(Exception):
    """The tape cannot be done again. `why` is one word, `what` the operation it is about, or empty."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(why, what)
        self.why = why
        self.what = what


@dataclass(frozen=True, slots=True)
class Start:
    """Where a backward starts: a root as it lay when it was called, what it held, and the gradient it starts with."""

    place: Place
    value: torch.Tensor
    seed: torch.Tensor


def start_at(root: torch.Tensor, seed: Any) -> Start:
    """The start at a root that is a tensor. Raises: NotImplementedError for one without a storage."""
    gradient = torch.ones_like(root) if seed is None else seed
    return Start(place_of(root), _double(root), _double(gradient))


class Redoing:
    """Memory of its own, in float64: a flat buffer for each storage, each argument a view of one.

    Of `entries` those are done again that autograd numbered above `first`.
    """

    def __init__(self, entries: Sequence[Entry], first: int, starts: Sequence[Start], leaf: torch.Tensor) -> None:
        self._entries = [entry for entry in entries if entry.nr > first]
        earlier = {load.place.storage: load for entry in entries if entry.nr <= first for load in entry.leaves}
        self._loads = list(earlier.values())
        self._starts = starts
        self._leaf = id(leaf)
        place = place_of(leaf)
        extent = leaf.untyped_storage().nbytes() // leaf.element_size()
        self._own = Leaf(place, leaf.detach().as_strided((extent,), (1,), 0).clone(), id(leaf))
        self._memory: dict[int, torch.Tensor] = {}
        self._doubles: dict[int, Any] = {}

    def run(self, at: int | None, shift: float) -> float:
        """The sum of the roots, each times its seed, with the leaf's element `at` shifted. Raises: Unrepeatable."""
        self._memory = {}
        with torch.no_grad():
            for leaf in (self._own, *self._loads):
                self._load(leaf, at, shift)
            for entry in self._entries:
                for leaf in entry.leaves:
                    self._load(leaf, at, shift)
                self._do(entry)
            return sum(float((self._view(start.place) * start.seed).sum()) for start in self._starts)

    def compare(self) -> None:
        """Raises: Unrepeatable where a root is not what it was."""
        for start in self._starts:
            near = SAME * float(start.value.abs().max()) if start.value.numel() else 0.0
            if not torch.allclose(self._view(start.place), start.value, rtol=SAME, atol=near, equal_nan=True):
                raise Unrepeatable("different")

    def _load(self, leaf: Leaf, at: int | None, shift: float) -> None:
        whole = _double(leaf.whole).clone()
        self._memory[leaf.place.storage] = whole
        if at is not None and leaf.leaf == self._leaf:
            view = whole.as_strided(leaf.place.size, leaf.place.stride, leaf.place.offset)
            view[torch.unravel_index(torch.tensor(at), view.shape)] += shift

    def _view(self, place: Place) -> torch.Tensor:
        memory = self._memory.get(place.storage)
        if memory is None:
            raise Unrepeatable("forgotten")
        if not place.dtype.is_floating_point:
            raise Unrepeatable("layout", str(place.dtype).removeprefix("torch."))
        return memory.as_strided(place.size, place.stride, place.offset)

    def _do(self, entry: Entry) -> None:
        """Runs one operation; what it makes anew is stored, while views and changes in place are in memory already."""
        known = {each.storage for each in entry.arguments if isinstance(each, Place)}
        if not known:
            return
        values = [self._view(each) if isinstance(each, Place) else self._constant(each) for each in entry.arguments]
        args, kwargs = arguments_of(entry, values)
        try:
            results = _drawn(entry, args) or _call(entry.work, args, kwargs)
        except (RuntimeError, NotImplementedError, TypeError) as error:
            raise Unrepeatable("operation", str(entry.work)) from error
        for place, result in zip(entry.outputs, results, strict=True):
            if place is not None and place.storage not in known and isinstance(result, torch.Tensor):
                self._store(place, result)

    def _store(self, place: Place, result: torch.Tensor) -> None:
        """What an operation made, laid where the original's elements lay."""
        if result.is_complex():
            raise Unrepeatable("layout", str(place.dtype).removeprefix("torch."))
        if 0 in place.size:
            extent = 0
        else:
            last = sum((size - 1) * stride for size, stride in zip(place.size, place.stride, strict=True))
            extent = place.offset + last + 1
        memory = self._memory.get(place.storage)
        if memory is None or memory.numel() < extent:
            memory = self._memory[place.storage] = torch.zeros(extent, dtype=torch.float64)
        if extent:
            memory.as_strided(place.size, place.stride, place.offset).copy_(result)

    def _constant(self, value: Any) -> Any:
        if isinstance(value, torch.dtype):
            return torch.float64 if value in NARROW else value
        if not isinstance(value, torch.Tensor) or not value.is_floating_point():
            return value
        if id(value) not in self._doubles:
            self._doubles[id(value)] = _double(value)
        double = self._doubles[id(value)]
        return double.clone() if double.numel() < MAX_COPIED else double


def _drawn(entry: Entry, args: Any) -> list[Any] | None:
    """What a random operation gives again: the same draws, and for dropout the same elements dropped."""
    if entry.given is None:
        return None
    if entry.work is DROPOUT:
        mask = entry.given[1]
        return [args[0] * mask / (1 - args[1]), mask]
    return list(entry.given)


def _call(work: Any, args: Any, kwargs: Any) -> list[Any]:
    result = work(*args, **kwargs)
    flat: list[Any] = []
    for each in result if isinstance(result, (tuple, list)) else [result]:
        flat.extend(each if isinstance(each, (tuple, list)) else [each])
    return flat


def _double(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().to(torch.float64)
