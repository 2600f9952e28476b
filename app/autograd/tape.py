"""The operations that a program's gradients come from, written down as they run, so that they can be done again.

An operation is on the tape where autograd made a node for it, or where it runs inside a custom Function's forward; all
others make constants, as they do for autograd: what is detached or made under no_grad is held fixed. Only for a run
that is done again for this: a dispatch mode costs more than the program.
Source: https://docs.pytorch.org/docs/stable/notes/extending.html, "Extending torch native API".
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_unflatten

MAX_ENTRIES = 20_000
MAX_BYTES = 512 * 2**20
"""Constants that are kept."""
APPLY = torch.autograd.Function.apply.__func__.__code__  # type: ignore[attr-defined]  # a class method's function
DROPOUT = torch.ops.aten.native_dropout.default
_sequence_nr: Callable[[], int] = torch._C._autograd._get_sequence_nr


@dataclass(slots=True)
class Place:
    """Where a tensor's elements lie: a storage by its identity, and a view of it."""

    storage: int
    size: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    dtype: torch.dtype


@dataclass(slots=True)
class Leaf:
    """A leaf that is read: its whole storage as it was then."""

    place: Place
    whole: torch.Tensor
    leaf: int
    """The tensor's identity."""


@dataclass(slots=True)
class Entry:
    """One operation. Arguments are Places where they are computed, else what they were; `nr` is autograd's number.

    `outputs` are Places, or None for what is no tensor; `given` what a random operation drew.
    """

    work: Any
    arguments: list[Any]
    shape: Any
    outputs: list[Place | None]
    given: list[torch.Tensor] | None
    nr: int
    leaves: list[Leaf]


class Tape(TorchDispatchMode):
    """Notes operations while it is the innermost mode. `trouble` says why what was noted is not enough, if it isn't."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.entries: list[Entry] = []
        self.trouble: str | None = None
        """`forgotten`, `memory`, `layout` or `transform`."""
        self.kept: list[Any] = []
        """Every tensor that was met, so that no storage's identity is given to another."""
        self.bytes = 0
        self.on = True
        self._last = _sequence_nr()
        self._computed: set[int] = set()
        """Storages that operations on the tape wrote."""
        self._constants: dict[Any, torch.Tensor] = {}
        self._leaf_versions: dict[int, int] = {}

    def __torch_dispatch__(self, work: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        """The operation's own result; it is noted on the way."""
        kwargs = kwargs or {}
        now = _sequence_nr()
        if not self.on or self.trouble or not (now != self._last or _inside_custom()):
            self._last = now
            return work(*args, **kwargs)
        made, self._last = now != self._last, now
        flat, shape = tree_flatten((args, kwargs))
        try:
            leaves: list[Leaf] = []
            arguments = [self._argument(each, leaves, made) for each in flat]
        except (RuntimeError, NotImplementedError):
            self.trouble = "transform"
            return work(*args, **kwargs)
        result = work(*args, **kwargs)
        try:
            if made or any(isinstance(each, Place) for each in arguments):
                self._note(work, arguments, shape, result, leaves, now)
        except (RuntimeError, NotImplementedError):
            self.trouble = "transform"
        self._last = _sequence_nr()
        return result

    def _argument(self, value: Any, leaves: list[Leaf], made: bool) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        storage = value.untyped_storage()._cdata
        if value.is_leaf and value.requires_grad:
            place = place_of(value)
            if self._leaf_versions.get(id(value)) != value._version or not made:
                self._leaf_versions[id(value)] = value._version
                leaves.append(Leaf(place, self._whole(value), id(value)))
            self.kept.append(value)
            self._computed.add(storage)
            return place
        if value.requires_grad or (not made and storage in self._computed):
            return place_of(value)
        return self._constant(value)

    def _constant(self, value: torch.Tensor) -> torch.Tensor:
        key = place_key(value), value._version
        if key not in self._constants:
            self.kept.append(value)
            self._constants[key] = self._count(value.detach().clone())
        return self._constants[key]

    def _whole(self, value: torch.Tensor) -> torch.Tensor:
        size = value.untyped_storage().nbytes() // value.element_size()
        return self._count(value.detach().as_strided((size,), (1,), 0).clone())

    def _count(self, copy: torch.Tensor) -> torch.Tensor:
        self.bytes += copy.numel() * copy.element_size()
        if self.bytes > MAX_BYTES:
            self.trouble = "memory"
        return copy

    def _note(self, work: Any, arguments: list[Any], shape: Any, result: Any, leaves: list[Leaf], nr: int) -> None:
        outputs = tree_flatten(result)[0]
        self.kept.extend(outputs)
        tensors = [each if isinstance(each, torch.Tensor) else None for each in outputs]
        places = [None if each is None else place_of(each) for each in tensors]
        self._computed.update(place.storage for place in places if place is not None)
        is_random = torch.Tag.nondeterministic_seeded in work.tags
        given = [each.detach().clone() for each in tensors if each is not None] if is_random else None
        self.entries.append(Entry(work, arguments, shape, places, given, nr, leaves))
        if len(self.entries) > MAX_ENTRIES:
            self.trouble = "forgotten"

    def forget(self) -> None:
        """Begins anew: what follows does not lean on what was noted so far."""
        self.entries.clear()
        self.kept.clear()
        self._computed.clear()
        self._constants.clear()
        self._leaf_versions.clear()
        self.bytes = 0
        if self.trouble in ("memory", "forgotten"):
            self.trouble = None


def place_of(tensor: torch.Tensor) -> Place:
    """Where its elements lie. Raises: NotImplementedError for one that has no storage."""
    storage = tensor.untyped_storage()._cdata
    return Place(storage, tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()), tensor.dtype)


def place_key(tensor: torch.Tensor) -> tuple[Any, ...]:
    """The same, to look things up by."""
    place = place_of(tensor)
    return place.storage, place.size, place.stride, place.offset, place.dtype


def arguments_of(entry: Entry, values: Sequence[Any]) -> tuple[Any, Any]:
    """The entry's positional and named arguments, with `values` in the place of the flat ones."""
    args, kwargs = tree_unflatten(list(values), entry.shape)
    return args, kwargs


def _inside_custom() -> bool:
    """Whether a custom Function's forward runs."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code is APPLY:
            return True
        frame = frame.f_back
    return False
