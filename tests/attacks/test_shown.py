"""What is drawn and said of programs that put markup into every name: text, and never anything that a browser would obey."""

import json

import pytest

from app.draw import Options, draw_picture
from app.events import Event, Graph, encode
from app.runs.local import LocalRunner
from tests.runs.play import play

from .injection import TRAPS, program
from .test_forged import is_only_drawing

pytestmark = pytest.mark.anyio

KINDS = {"started", "graph", "backward", "tensor", "scalars", "figure", "stdout", "stderr", "exception", "finished"}


@pytest.mark.parametrize("trap", TRAPS)
async def test_pictures_of_a_hostile_program_hold_nothing_but_a_drawing(runner: LocalRunner, trap: str) -> None:
    told = await play(runner, program(trap), language="zh")
    graphs = [event for event in told.events if isinstance(event, Graph)]
    assert graphs
    assert {event.type for event in told.events} >= KINDS - ({"figure"} if trap == "a lone surrogate" else set())
    for graph in graphs:
        for theme in ("auto", "dark"):
            options = Options(theme, "LR", False, (), frozenset(), "", True)
            assert is_only_drawing(draw_picture(graph, options, "svg", None, standalone=True).decode())


@pytest.mark.parametrize("trap", TRAPS)
async def test_a_line_of_the_stream_is_one_line_of_ascii_whatever_it_says(runner: LocalRunner, trap: str) -> None:
    """So that no name can begin an event of its own, in any reader's idea of a line."""
    told = await play(runner, program(trap))
    event: Event
    for event in told.events:
        line = encode(event)
        assert line.isascii()
        assert len(line.splitlines()) == 1
        assert json.loads(line)["type"] == event.type
