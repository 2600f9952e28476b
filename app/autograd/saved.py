"""A grad_fn -> what it saved for backward, and whether that is freed by now.

Reading must not run the learner's code: a node under checkpoint or the learner's own saved-tensor hooks recomputes
when read, so such a node is left alone.
Source: https://docs.pytorch.org/docs/stable/notes/autograd.html, "Saved tensors".
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch

from ..events import Saved, TensorValue
from .values import dtype_name, value_of

MAX_SAVED = 64
SAVED_VALUES = 64
"""Elements up to which a saved tensor's values travel one by one; above, its shape and dtype alone."""
PREFIX = "_saved_"
RAW_PREFIX = "_raw_saved_"
FREED = "second time"
"""The words of torch's error that tell freed saved tensors from changed ones."""


@cache
def saved_names(node_class: Any) -> tuple[str, ...]:
    """The attributes a node class keeps for backward, as their names without `_saved_`."""
    names = sorted(name for name in dir(node_class) if name.startswith(PREFIX))
    return tuple(name.removeprefix(PREFIX) for name in names if "_sym_" not in name)[:MAX_SAVED]


def saved_of(node: Any, *, values: bool = True) -> tuple[Saved, ...]:
    """What `node` saved, by name, with `freed` where backward dropped it; small tensors whole if `values` is set."""
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        return _saved_by_custom(node, values)
    found = (_read(node, name, values) for name in saved_names(node.__class__))
    return tuple(saved for saved in found if saved is not None)


def holds_tensors(node: Any) -> bool:
    """Whether the node still holds a tensor it saved. Asked before and after a backward it tells what was freed."""
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        try:
            return bool(node._raw_saved_tensors)
        except RuntimeError:
            return False
    return any(_holds(_raw(node, name)) for name in saved_names(node.__class__))


def holding(nodes: Sequence[Any]) -> tuple[int, ...]:
    """The positions of those of `nodes` that hold saved tensors."""
    return tuple(position for position, node in enumerate(nodes) if holds_tensors(node))


def freed_among(nodes: Sequence[Any]) -> tuple[int, ...]:
    """The positions of those of `nodes` whose saved tensors are gone, whichever backward took them."""
    told = (saved_of(node, values=False) for node in nodes)
    return tuple(position for position, each in enumerate(told) if any(saved.freed for saved in each))


def is_readable(node: Any) -> bool:
    """Whether the node's work could begin: nothing it saved is freed, or was changed in place since."""
    return complaint(node) is None


def complaint(node: Any) -> tuple[str, str] | None:
    """Which saved tensor of the node torch refuses to give, and its words; None where it gives them all."""
    is_custom = isinstance(node, torch.autograd.function.BackwardCFunction)
    name = "saved_tensors"
    try:
        if is_custom:
            if not _is_left_alone(node._raw_saved_tensors):
                node.saved_tensors  # noqa: B018  # reading is the test
            return None
        for name in saved_names(node.__class__):
            raw = getattr(node, RAW_PREFIX + name, None)  # a freed list refuses here, and that is the answer
            if raw is not None and not _is_left_alone(raw):
                getattr(node, PREFIX + name)
    except RuntimeError as error:
        return name, str(error)
    return None


def held(node: Any, name: str) -> list[torch.Tensor]:
    """The tensors a node still holds under a saved name, past torch's own checks; those under hooks are left alone."""
    raw = node._raw_saved_tensors if name == "saved_tensors" else _raw(node, name)
    slots = [slot for slot in _slots(raw) if slot is not None and slot.unpack_hook is None]
    return [slot.data for slot in slots if slot.data is not None]


def _raw(node: Any, name: str) -> Any:
    """What the node keeps a saved tensor in; None where there is none, or a freed list, which is refused at once."""
    try:
        return getattr(node, RAW_PREFIX + name, None)
    except RuntimeError:
        return None


def _slots(raw: Any) -> Sequence[Any]:
    """One slot for each tensor: a name may stand for one, or for several."""
    return raw if isinstance(raw, (list, tuple)) else [raw]


def _holds(raw: Any) -> bool:
    return any(slot is not None and (slot.unpack_hook is not None or slot.data is not None) for slot in _slots(raw))


def _is_left_alone(raw: Any) -> bool:
    """Whether reading would run the learner's code: checkpoint or saved-tensor hooks recompute what is read."""
    if raw is None:
        return False
    return any(slot is not None and slot.unpack_hook is not None for slot in _slots(raw))


def _read(node: Any, name: str, values: bool) -> Saved | None:
    if _is_left_alone(_raw(node, name)):
        return Saved(name=name)
    try:
        value = getattr(node, PREFIX + name)
    except RuntimeError as error:
        return Saved(name=name, freed=FREED in str(error))
    return None if value is None else Saved(name=name, value=_told(value, values))


def _saved_by_custom(node: Any, values: bool) -> tuple[Saved, ...]:
    """What a custom Function's ctx saved: its saved tensors, then the numbers and tensors it kept as attributes."""
    try:
        if _is_left_alone(node._raw_saved_tensors):
            return ()
        tensors = node.saved_tensors
    except RuntimeError as error:
        return (Saved(name="saved_tensors", freed=FREED in str(error)),)
    kept = [Saved(name=f"saved_tensors[{place}]", value=_told(tensor, values)) for place, tensor in enumerate(tensors)]
    for name, value in vars(node).items():
        if isinstance(value, (int, float, str, torch.Tensor)):
            kept.append(Saved(name=f"ctx.{name}"[:100], value=_told(value, values)))
    return tuple(kept[:MAX_SAVED])


def _told(value: Any, values: bool) -> TensorValue | float | str | None:
    if isinstance(value, torch.Tensor):
        small = values and value.layout == torch.strided and value.numel() <= SAVED_VALUES
        return value_of(value) if small else TensorValue(shape=tuple(value.shape), dtype=dtype_name(value))
    if isinstance(value, tuple):
        return str(tuple(_signed(each) for each in value))[:100]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = _signed(value)
        return float(value) if abs(value) < 2**53 else str(value)[:100]
    return str(value)[:100] if isinstance(value, (bool, str, list, torch.dtype)) else None


def _signed(value: Any) -> Any:
    """A dimension counted from the end comes back as an unsigned number of 64 bits."""
    return value - 2**64 if value.__class__ is int and value >= 2**63 else value
