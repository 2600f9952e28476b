"""The learner's namespaces -> every tensor and module in them, under the names their code would use.

Looks at exact types and raw dictionaries only, so that no property, `__getattr__` or `__eq__` of the learner runs.
Knows nothing of graphs or events.
"""

import types
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

MAX_OBJECTS = 20_000
MAX_TENSORS = 2_000
MAX_ELEMENTS = 1_000
MAX_DEPTH = 6
"""How deep containers and objects are looked into; modules inside modules do not count."""
MAX_ALIASES = 50

PLAIN = (str, int, float, bool, type(None))
LIBRARY = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType)


@dataclass(slots=True)
class Found:
    """One tensor with all its names, the first found being the one it goes by. `root` is the variable it hangs on."""

    tensor: torch.Tensor
    name: str
    root: str
    kind: str = "tensor"
    aliases: list[str] = field(default_factory=list)


def grad_fn_of(tensor: torch.Tensor) -> Any:
    """The tensor's grad_fn, or None for a leaf and for a view whose history torch refuses to rebuild."""
    try:
        return None if tensor.is_leaf else tensor.grad_fn
    except RuntimeError:
        return None


@dataclass(slots=True)
class Names:
    """Every tensor and module reachable from some namespaces, by identity."""

    tensors: dict[int, Found] = field(default_factory=dict)
    modules: dict[int, str] = field(default_factory=dict)
    full: bool = False

    def of(self, tensor: Any) -> str | None:
        """The tensor's name in the learner's code, or None."""
        found = self.tensors.get(id(tensor))
        return found.name if found else None


@dataclass(frozen=True, slots=True)
class _Place:
    value: Any
    name: str
    root: str
    depth: int
    kind: str = "tensor"


def scan(namespaces: Iterable[tuple[str, Mapping[str, Any]]], ignore: frozenset[int] = frozenset()) -> Names:
    """The names in `namespaces`, given as (prefix, namespace); breadth first, so the shortest name of a tensor wins.

    `ignore` holds the id() of objects that are not the learner's.
    """
    names = Names()
    queue: deque[_Place] = deque()
    for prefix, namespace in namespaces:
        for key, value in list(namespace.items()):
            if key.__class__ is str and not (key.startswith("__") and key.endswith("__")) and id(value) not in ignore:
                queue.append(_Place(value, prefix + key, prefix + key, 0))
    seen: set[int] = set()
    while queue:
        place = queue.popleft()
        if issubclass(type(place.value), torch.Tensor):
            _meet(names, place)
        elif id(place.value) not in seen and place.depth < MAX_DEPTH:
            seen.add(id(place.value))
            queue.extend(_inside(names, place))
        if len(seen) > MAX_OBJECTS or len(names.tensors) >= MAX_TENSORS:
            names.full = True
            break
    return names


def _meet(names: Names, place: _Place) -> None:
    found = names.tensors.get(id(place.value))
    if found is None:
        names.tensors[id(place.value)] = Found(place.value, place.name, place.root, place.kind)
        return
    if place.kind != "tensor":
        found.kind = place.kind
    if place.name != found.name and len(found.aliases) < MAX_ALIASES:
        found.aliases.append(place.name)


def _inside(names: Names, place: _Place) -> list[_Place]:
    """What an object holds, each with the name the learner's code would reach it by."""
    value, cls = place.value, type(place.value)
    if issubclass(cls, torch.nn.Module):
        names.modules.setdefault(id(value), place.name)
        return _inside_module(place)
    if issubclass(cls, (list, tuple, deque)):
        return [
            _Place(item, f"{place.name}[{at}]", place.root, place.depth + 1)
            for at, item in zip(range(MAX_ELEMENTS), _iterate(value, cls), strict=False)
        ]
    if issubclass(cls, dict):
        items = zip(range(MAX_ELEMENTS), dict.items(value), strict=False)
        return [
            _Place(item, f"{place.name}[{key!r}]", place.root, place.depth + 1)
            for _, (key, item) in items
            if _is_plain(key)
        ]
    if issubclass(cls, LIBRARY) or cls.__module__ != "__main__":
        return []
    attributes = _attributes(value)
    return [
        _Place(item, f"{place.name}.{key}", place.root, place.depth + 1)
        for key, item in attributes.items()
        if key.__class__ is str
    ]


def _is_plain(key: Any) -> bool:
    """Whether writing the key out runs nothing of the learner's: numbers, text, and tuples of them."""
    if key.__class__ is tuple:
        return len(key) <= 4 and all(part.__class__ in PLAIN for part in key)
    return key.__class__ in PLAIN


def _iterate(value: Any, cls: type) -> Iterable[Any]:
    """The elements as the built-in type gives them, whatever a subclass overrides."""
    base: Any = next(kind for kind in (list, tuple, deque) if issubclass(cls, kind))
    return base.__iter__(value)  # type: ignore[no-any-return]  # the three built-ins all iterate


def _inside_module(place: _Place) -> list[_Place]:
    state = _attributes(place.value)
    inside: list[_Place] = []
    registered: dict[str, tuple[str, int]] = {
        "_parameters": ("parameter", 1),
        "_buffers": ("buffer", 1),
        "_modules": ("tensor", 0),
    }
    for table, (kind, deeper) in registered.items():
        for key, item in dict.items(state.get(table) or {}):
            inside.append(_Place(item, f"{place.name}.{key}", place.root, place.depth + deeper, kind))
    for key, item in state.items():
        if key.__class__ is str and not key.startswith("_"):
            inside.append(_Place(item, f"{place.name}.{key}", place.root, place.depth + 1))
    return inside


def _attributes(value: Any) -> dict[str, Any]:
    try:
        state = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return state if state.__class__ is dict else {}
