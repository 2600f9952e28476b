"""GraphML by networkx, in a process of its own."""

import sys

import networkx  # type: ignore[import-untyped]  # it ships no types
import pytest

from app.draw.export import ExportError, to_graphml


def test_another_program_reads_what_was_written() -> None:
    made = to_graphml(
        {"n0": {"label": "<A & \x00B>", "line": None}, "n1": {"line": 3}}, [("n0", "n1", {"input_nr": 0})] * 2
    )
    read = networkx.parse_graphml(made.decode(), force_multigraph=True)
    assert dict(read.nodes(data=True)) == {"n0": {"label": "<A & \ufffdB>"}, "n1": {"line": 3}}
    assert [(tail, head, each["input_nr"]) for tail, head, each in read.edges(data=True)] == [("n0", "n1", 0)] * 2


def test_a_program_that_fails_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ExportError, match="Ask for the SVG instead"):
        to_graphml({}, [])
