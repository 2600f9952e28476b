"""What optimizers hold and when they stepped, and what modules hold without knowing of it.

Looked at in the first steps only. Keeps no optimizer, module or tensor alive.
"""

import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import torch

from .tiling import sequence_nr

LOOKS = 4
MAX_HELD = 2_000
MAX_MODULES = 500
MAX_INSIDE = 100
MAX_DEPTH = 3
"""Containers inside containers that are looked into."""


@dataclass(slots=True)
class Stepped:
    """One of the first steps of an optimizer."""

    moment: int
    line: int | None
    with_grad: int
    nonzero: bool
    standing: int
    """Where autograd's counter stood."""


@dataclass(slots=True)
class Held:
    """One optimizer: what it holds, by identity and weakly, and its first steps."""

    optimizer: Any
    kind: str
    tensors: dict[int, Any]
    steps: list[Stepped] = field(default_factory=list)
    count: int = 0
    lines: set[int | None] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class LoosePart:
    """Something of a module's that it does not know of: the tensors in it, and the parameters it does know of."""

    kind: str
    module: Any
    owner: str
    attribute: str
    container: str
    tensors: tuple[Any, ...]
    siblings: tuple[int, ...]


class Stepping:
    """The optimizers of one program."""

    def __init__(self) -> None:
        self.optimizers: dict[int, Held] = {}

    def is_known(self, optimizer: Any) -> bool:
        """Whether an optimizer was looked at often enough; then its step is counted. Written for speed."""
        held = self.optimizers.get(id(optimizer))
        if held is None or held.count < LOOKS or held.optimizer() is not optimizer:
            return False
        held.count += 1
        return True

    def before_step(self, optimizer: Any, moment: int, line: int | None) -> None:
        """An optimizer is about to step, for one of the first times."""
        held = self.optimizers.get(id(optimizer))
        if held is None or held.optimizer() is not optimizer:
            held = self.optimizers[id(optimizer)] = _held(optimizer)
        held.count += 1
        tensors = [each() for each in held.tensors.values()]
        grads = [each.grad for each in tensors if each is not None and each.grad is not None]
        nonzero = any(bool(each.any()) for each in grads[:20] if each.layout is torch.strided)
        held.steps.append(Stepped(moment, line, len(grads), nonzero, sequence_nr()))
        held.lines.add(line)


def _held(optimizer: Any) -> Held:
    tensors = (each for group in optimizer.param_groups for each in group["params"])
    kept = {id(each): weakref.ref(each) for each in islice(tensors, MAX_HELD)}
    return Held(weakref.ref(optimizer), type(optimizer).__name__, kept)


def loose_parts(modules: Iterable[torch.nn.Module]) -> list[LoosePart]:
    """What these modules, and those inside them, hold in plain attributes: tensors that require grad, and layers."""
    found: list[LoosePart] = []
    queue = list(dict.fromkeys(modules))
    known = {id(each) for each in queue}
    for module in queue:
        if len(queue) > MAX_MODULES:
            break
        state = vars(module)
        for child in dict.values(state.get("_modules") or {}):
            if child is not None and id(child) not in known:
                known.add(id(child))
                queue.append(child)
        if type(module).__module__ == "__main__":
            found.extend(_loose_in(module, state))
    return found


def _loose_in(module: Any, state: dict[str, Any]) -> list[LoosePart]:
    siblings = tuple(id(each) for each in torch.nn.Module.parameters(module))
    found: list[LoosePart] = []

    def add(kind: str, name: str, container: str, tensors: list[Any]) -> None:
        refs = tuple(weakref.ref(each) for each in tensors)
        found.append(LoosePart(kind, weakref.ref(module), type(module).__name__, name, container, refs, siblings))

    for name, value in state.items():
        if name.startswith("_") and name.removeprefix("_") in ("parameters", "buffers", "modules"):
            continue
        if type(value) is torch.Tensor and value.requires_grad:
            add("tensor", name, "", [value])
        elif type(value) in (list, tuple, dict):
            inside = _inside(value)
            layers = [each for each in inside if isinstance(each, torch.nn.Module)]
            tensors: list[torch.Tensor] = [one for each in layers for one in torch.nn.Module.parameters(each)]
            tensors += [
                each for each in inside if isinstance(each, torch.Tensor) and each.requires_grad and each.is_leaf
            ]
            loose = [each for each in tensors if id(each) not in siblings]
            if loose:
                add("layers" if layers else "tensors", name, type(value).__name__, loose)
    return found


def _inside(container: Any) -> list[Any]:
    """What a plain container holds, and those inside it."""
    found: list[Any] = []
    queue = [(container, 0)]
    for each, depth in queue:
        values = islice(each.values() if type(each) is dict else each, MAX_INSIDE)
        for value in values if len(found) < MAX_INSIDE else ():
            if type(value) in (list, tuple, dict) and depth < MAX_DEPTH:
                queue.append((value, depth + 1))
            else:
                found.append(value)
    return found
