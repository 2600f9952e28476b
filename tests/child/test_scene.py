"""Where an exception was raised: the expression at work and what its names meant."""

import ast

import pytest

from app.child.instrument import FILENAME
from app.child.scene import Scene, parsed, scene_of


def scene(source: str) -> Scene:
    """The scene of the exception that a program raises."""
    tree = parsed(source)
    try:
        exec(compile(source, FILENAME, "exec"), {})
    except Exception as error:
        found = scene_of(error, tree)
        assert found is not None
        return found
    raise AssertionError("it was to raise")


def test_the_operation_and_its_names_are_found() -> None:
    found = scene("a, b = 1, 'x'\nc = a + b")
    assert found.operation is not None
    assert (found.span, found.operation.words, [operand.name for operand, _, _ in found.names]) == (
        (2, 4, 2, 9),
        "+",
        ["a", "b"],
    )


def test_what_lacks_an_attribute_is_at_hand() -> None:
    assert scene("loss = 1.5\nloss.backward()").lacking == 1.5


def test_the_innermost_line_of_the_learners_counts() -> None:
    found = scene("import json\ndef f(text):\n    return json.loads(text)\nf('{')")
    assert (found.span[0], found.library) == (3, "json")


@pytest.mark.parametrize("source", ["x = [1]\nx[5] = 2", "x = 1\nx.y = 2", "x = (1,)\nx[0] += 1"])
def test_statements_are_found_too(source: str) -> None:
    assert scene(source).span[0] == 2


def test_what_is_no_program_has_no_scene() -> None:
    assert parsed("def") is None
    assert scene_of(ValueError("no frames"), ast.parse("1")) is None
