"""A mistake is told at its place; torch's words without the place in torch's own sources."""

from app.explain.facts import Facts
from app.explain.mistakes import edits_of, first_line, mistake

from .given import raised, spot


def test_a_mistake_stands_where_its_spot_is() -> None:
    source = "a\n  b\n"
    told = mistake("an-id", "note", spot(source, "b"), "why", "what to do", variable="b")
    assert (told.line, told.column, told.severity, told.variable, told.fixed_source) == (2, 2, "note", "b", None)
    assert mistake("an-id", "error", None, "why", "what").line is None


def test_where_torch_was_compiled_is_of_no_interest() -> None:
    assert first_line(raised("no (Triggered internally at /pytorch/x.cpp:1.)")) == "no"


def test_a_source_that_is_none_is_not_corrected() -> None:
    assert edits_of(Facts("def")) is None
