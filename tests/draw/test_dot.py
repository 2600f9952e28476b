"""The DOT text: what a reader downloads."""

import subprocess

import pytest

from app.draw import Options, draw_dot
from app.draw.dot import literal
from app.draw.layout import find_engine

from .graphs import graph, leaf, node
from .test___init__ import HOSTILE


def test_a_small_graph_reads_as_a_person_would_write_it() -> None:
    dot = draw_dot(graph([node(0, "PowBackward0", variable="y"), leaf(1, "x", shape=())], [(0, 1)]), Options())
    lines = [line.strip() for line in dot.splitlines()]
    assert lines[0] == "digraph autograd {"
    assert any(line.startswith("graph [") and "rankdir=TB" in line for line in lines)
    assert any(line.startswith('n0 [label="PowBackward0\\ny"') and "penwidth=3" in line for line in lines)
    assert any(line.startswith('n1 [label="x\\nAccumulateGrad · ()"') and '"rounded,filled"' in line for line in lines)
    assert any(line.startswith("n0 -> n1") for line in lines)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable() and text and len(text) < 30])
def test_the_engine_shows_exactly_the_characters_of_a_label(text: str) -> None:
    dot = f'digraph {{ a [label="{literal(text)}"] }}' if '"' not in text else None
    if dot is None:
        assert '\\"' in draw_dot(graph([node(0, text)], []), Options())
        return
    program = find_engine()
    assert program is not None
    svg = subprocess.run(
        [program.program, "-Tsvg", "-q"], input=dot.encode(), capture_output=True, check=True
    ).stdout.decode()
    shown = svg.split("<text")[1].split(">", 1)[1].split("</text>")[0]
    for written, meant in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#45;", "-"),
        ("&#160;", " "),
        ("&quot;", '"'),
        ("&#39;", "'"),
    ):
        shown = shown.replace(written, meant)
    assert shown.replace("&amp;", "&").replace("\xa0", " ") == text


def test_the_dark_theme_has_the_dark_background() -> None:
    assert 'bgcolor="#12161c"' in draw_dot(graph([node(0, "A")], []), Options(theme="dark"))
