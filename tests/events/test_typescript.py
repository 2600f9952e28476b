"""The declarations for the page's JavaScript."""

from typing import get_args

import pytest

from app.events import Event
from app.events.graph import Backward, Saved
from app.events.typescript import _interface, _type, declarations


def test_a_dataclass_becomes_an_interface() -> None:
    assert _interface(Saved) == (
        "\n/** One tensor or number a node keeps for backward. `value` is None when large, unreadable or `freed`. */\n"
        "export interface Saved {\n"
        "  name: string;\n"
        "  value: TensorValue | Float | string | null;\n"
        "  freed: boolean;\n"
        "}\n"
    )


def test_an_event_bears_its_type_and_tables_are_indexed_by_name() -> None:
    lines = _interface(Backward).splitlines()
    assert lines[3] == '  type: "backward";'
    assert "  grads: { [name: string]: GradChange };" in lines


def test_every_event_is_in_the_union() -> None:
    union = declarations().split("export type Event =")[1].split(";")[0]
    assert union.replace("|", " ").split() == [event.__name__ for event in get_args(Event)]


def test_an_annotation_without_a_counterpart_is_an_error() -> None:
    with pytest.raises(TypeError, match="no TypeScript for"):
        _type(bytes)
