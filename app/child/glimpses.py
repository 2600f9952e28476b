"""What an operation works on, seen for a moment: a name's object, read without running anything of the learner's.

A glimpse keeps no tensor alive; it holds a grad_fn for as long as the expression around it is at work, and no longer.
"""

import types
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from ..autograd import grad_fn_of, walk
from ..autograd.graph import leaves_of

PLAIN = (torch.Tensor, torch.nn.Parameter)
NUMBERS = (float, np.float64, np.float32, np.float16)
HOLDERS = ("module", "optimizer")
MAX_WALK = 400
MAX_PARTS = 40
OPTIMIZED = 0x1
"""The flag of code whose local names are no dictionary: a function's."""


@dataclass(slots=True)
class Glimpse:
    """One object as it was: `kind` is tensor, module, optimizer, number or array; `ref` leads to it while it lives."""

    kind: str
    ref: Any
    requires_grad: bool = False
    is_leaf: bool = True
    grad_fn: Any = None
    shape: tuple[int, ...] = ()
    dtype: str = ""
    identity: int = 0
    made_by: str | None = None
    """The name of the node that made it, be that gone by now."""
    sequence: int | None = None
    """Autograd's number of what made it."""
    trace: Any = None
    """What lies behind a value that may be gone by now."""
    is_view_of_line: bool = False
    """Whether it is a view of a tensor with one axis less: made by `unsqueeze` or `[:, None]`."""

    def object(self) -> Any:
        """The object itself, or None where it is gone."""
        return self.ref() if isinstance(self.ref, weakref.ref) else self.ref

    def has_grad(self) -> bool:
        """Whether it, or any leaf it holds, has a gradient now."""
        thing = self.object()
        if self.kind in HOLDERS:
            return any(each.grad is not None for each in self.leaves())
        return self.kind == "tensor" and thing is not None and thing.is_leaf and thing.grad is not None

    def leaves(self) -> list[torch.Tensor]:
        """The leaves that require grad behind it; of a large graph none."""
        thing = self.object()
        if self.kind in HOLDERS:
            held = [] if thing is None else _parameters(thing) if self.kind == "module" else _held(thing)
            return [each for each in islice(held, MAX_PARTS) if each.requires_grad]
        if self.grad_fn is None:
            return [thing] if thing is not None and self.requires_grad else []
        walked = walk([self.grad_fn], MAX_WALK)
        return leaves_of(walked.order) if walked.whole else []


def glimpse(thing: Any) -> Glimpse | None:
    """What it is, or None for what no number flows through."""
    cls = type(thing)
    if cls is torch.Tensor or cls is torch.nn.Parameter:
        try:
            return _tensor(thing)
        except (RuntimeError, NotImplementedError):
            return None  # a transform's tensor, or a view whose history torch refuses to rebuild
    if cls in NUMBERS:
        return Glimpse("number", thing, identity=id(thing))
    if cls is np.ndarray:
        return Glimpse("array", weakref.ref(thing), shape=thing.shape, dtype=str(thing.dtype), identity=id(thing))
    if issubclass(cls, torch.nn.Module):
        requires_grad = any(each.requires_grad for each in islice(_parameters(thing), MAX_PARTS))
        return Glimpse("module", weakref.ref(thing), requires_grad=requires_grad, identity=id(thing))
    if issubclass(cls, torch.optim.Optimizer):
        return Glimpse("optimizer", weakref.ref(thing), identity=id(thing))
    return None


def _tensor(thing: torch.Tensor) -> Glimpse:
    needs = thing.requires_grad
    base = thing._base if thing._is_view() else None
    # reading a changed view's grad_fn would rebuild it
    grad_fn = grad_fn_of(thing) if needs and (base is None or thing._version == 0) else None
    return Glimpse(
        "tensor",
        weakref.ref(thing),
        requires_grad=needs,
        is_leaf=thing.is_leaf,
        grad_fn=grad_fn,
        shape=tuple(thing.shape),
        dtype=str(thing.dtype).removeprefix("torch."),
        identity=id(thing),
        made_by=None if grad_fn is None else type(grad_fn).__name__,
        sequence=None if grad_fn is None else grad_fn._sequence_nr(),
        is_view_of_line=base is not None and base.dim() == 1 and thing.dim() == 2,
    )


def parts(thing: Any) -> list[Glimpse]:
    """What flows through a thing: itself, or what a list, tuple or dictionary holds."""
    cls = type(thing)
    if cls in (list, tuple, dict) or cls.__module__ == "torch.return_types":
        inside = thing.values() if cls is dict else thing
        found = [glimpse(each) for each in islice(inside, MAX_PARTS)]
        return [each for each in found if each is not None]
    seen = glimpse(thing)
    return [seen] if seen is not None else []


def share_memory(seen: Iterable[Glimpse]) -> bool:
    """Whether these are two tensors of one memory: one of them is the other's `.data`, say."""
    tensors = [each.object() for each in seen if each.kind == "tensor"]
    if len(tensors) != 2 or tensors[0] is None or tensors[1] is None or tensors[0].shape != tensors[1].shape:
        return False
    try:
        return bool(tensors[0].data_ptr() == tensors[1].data_ptr() != 0)
    except (RuntimeError, NotImplementedError):
        return False  # one without memory of its own


def _parameters(module: Any) -> Iterator[torch.Tensor]:
    """A module's parameters, past anything the learner overrides."""
    queue = [module]
    for each in queue:
        state = vars(each)
        yield from (value for value in (state.get("_parameters") or {}).values() if value is not None)
        queue.extend(value for value in (state.get("_modules") or {}).values() if value is not None)


def _held(optimizer: Any) -> Iterator[torch.Tensor]:
    return (each for group in vars(optimizer).get("param_groups", ()) for each in group["params"])


def resolve(frame: types.FrameType, name: str) -> Any:
    """The object that a dotted name means in a frame, or None; properties and `__getattr__` are not run."""
    head, *rest = name.split(".")
    code = frame.f_code
    local: dict[str, Any] = frame.f_locals
    thing = local.get(head, frame.f_globals.get(head))
    if code.co_flags & OPTIMIZED and type(local) is dict:
        local.clear()  # a copy of ours: kept, it would keep alive what the function lets go
    return attribute_of(thing, rest)


def attribute_of(thing: Any, names: Sequence[str]) -> Any:
    """What stands under these attributes, one inside the other, or None; nothing of the learner's is run."""
    for name in names:
        thing = _attribute(thing, name)
    return thing


def _attribute(thing: Any, name: str) -> Any:
    if type(thing) in PLAIN:
        if name == "requires_grad":
            return thing.requires_grad
        return thing.grad if name == "grad" and (thing.is_leaf or thing.retains_grad) else None
    try:
        state = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return None
    if name in state:
        return state[name]
    tables = ("_parameters", "_buffers", "_modules") if isinstance(thing, torch.nn.Module) else ()
    return next((table[name] for key in tables if name in (table := state.get(key) or {})), None)
