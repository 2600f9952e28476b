"""The events as TypeScript declarations, so that the page's JavaScript is checked against the same vocabulary.

`python -m app.events.typescript` writes static/js/events.d.ts in a checkout. Knows nothing of the page itself.
"""

import types
from dataclasses import fields, is_dataclass
from enum import EnumType
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from . import graph, stream

HEAD = """// Generated from app/events by `python -m app.events.typescript`; don't edit.

/** A number; JSON has no word for these three. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";
/** Tensor elements, nested as the shape says; complex numbers as text. */
export type Nested = Float | boolean | string | Nested[];
"""
TAIL = """
/** One function per event type: what a panel's `mount` returns. */
export type Handlers = { [T in Event["type"]]?: (event: Extract<Event, { type: T }>) => void };
"""
TARGET = Path(__file__).parents[2] / "static" / "js" / "events.d.ts"
SIMPLE: dict[Any, str] = {int: "number", float: "Float", bool: "boolean", str: "string", types.NoneType: "null"}


def declarations() -> str:
    """The whole declaration file: one interface per dataclass, the union of events, the type of handlers."""
    events = get_args(stream.Event)
    parts = (
        graph.TensorValue, graph.Saved, graph.Node, graph.Edge, graph.Group, graph.Step, graph.GradChange, graph.Check,
    )  # fmt: skip
    union = "\nexport type Event =\n" + "\n".join(f"  | {event.__name__}" for event in events) + ";\n"
    return HEAD + "".join(_interface(cls) for cls in (*parts, *events)) + union + TAIL


def _interface(cls: type) -> str:
    hints = get_type_hints(cls, include_extras=True)
    lines = [f"  {item.name}: {_type(hints[item.name])};" for item in fields(cls)]
    if ClassVar in {get_origin(hint) for hint in hints.values()}:
        lines.insert(0, f'  type: "{vars(cls)["type"]}";')
    summary = (cls.__doc__ or "").strip().splitlines()[0]
    return f"\n/** {summary} */\nexport interface {cls.__name__} {{\n" + "\n".join(lines) + "\n}\n"


def _type(hint: Any) -> str:
    """The TypeScript type of one annotation."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, EnumType):
        return " | ".join(f'"{member.value}"' for member in hint)  # type: ignore[var-annotated]  # our enums are of str
    if is_dataclass(hint):
        return str(getattr(hint, "__name__", hint))
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return "Nested" if args[0] is Any else _type(args[0])
    if origin is Literal:
        return " | ".join(f'"{arg}"' for arg in args)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(arg) for arg in args)
    if origin is dict:
        return f"{{ [name: string]: {_type(args[1])} }}"
    if origin is tuple:
        return f"({_type(args[0])})[]"
    raise TypeError(f"no TypeScript for {hint}")


if __name__ == "__main__":
    TARGET.write_text(declarations(), encoding="utf-8")
