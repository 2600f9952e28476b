"""One event -> one line of strict JSON. Written for speed: a recorded backward is many tensors' values.

NaN and infinities travel as the strings "NaN", "Infinity", "-Infinity". Source: the project's API contract; RFC 8259.
"""

import json
import math
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from . import graph, stream


def encode(event: stream.Event | stream.Record | stream.Ended) -> bytes:
    """The event as one line of ASCII JSON, without the line break."""
    return f'{{"type":"{event.type}",{_text(event, {})[1:]}'.encode("ascii")


def fits(value: str, size: int) -> str:
    """`value` cut to at most `size` characters, with an ellipsis where something was cut."""
    return value if len(value) <= size else value[: size - 1] + "…"


def _text(value: Any, written: dict[int, str]) -> str:
    """The value as JSON. A tensor's value that stands in several places of an event is written once: see `written`."""
    kind: Any = value.__class__
    if kind is graph.TensorValue:
        text = written.get(id(value))
        if text is None:
            text = written[id(value)] = _tensor_text(value)
        return text
    if value is None:
        return "null"
    if kind is int:
        return str(value)
    if kind is tuple:
        is_plain = not value or value[0].__class__ in _SCALARS
        return _dump(_plain(value)) if is_plain else f"[{','.join([_text(item, written) for item in value])}]"
    if kind is dict:
        return f"{{{','.join([f'{_dump(_plain(key))}:{_text(item, written)}' for key, item in value.items()])}}}"
    if kind in _SCALARS or not is_dataclass(value):
        return _dump(_plain(value))
    return f"{{{','.join([f'{name}{_text(getattr(value, key), written)}' for key, name in _keys(kind)])}}}"


_SCALARS = frozenset((int, float, bool, str))


@cache
def _keys(cls: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, f'"{name}":') for name in _names(cls))


def _tensor_text(value: graph.TensorValue) -> str:
    """The most frequent part of events, written out by hand."""
    data = value.data
    return (
        f'{{"shape":[{",".join(map(str, value.shape))}],"dtype":{_dump(value.dtype)},'
        f'"data":{"null" if data is None else _dump(_plain(data))},'
        f'"min":{_number(value.min)},"max":{_number(value.max)},"mean":{_number(value.mean)},'
        f'"std":{_number(value.std)},"norm":{_number(value.norm)},"nonfinite":{_number(value.nonfinite)}}}'
    )


def _number(value: float | None) -> str:
    if value is None:
        return "null"
    return repr(value) if math.isfinite(value) else f'"{_nonfinite_name(value)}"'


_dump = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if value is None or value.__class__ in (int, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _nonfinite_name(value)
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return {name: _plain(getattr(value, name)) for name in _names(value.__class__)}


def _nonfinite_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(cls))
