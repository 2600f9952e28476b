"""Widths against the metrics file that matplotlib ships, and against the engine's own."""

import re
import subprocess
from pathlib import Path

import matplotlib
import pytest

from app.draw.layout import find_engine
from app.draw.text import HELVETICA, ROOM, clean, number, shape, short, width

from .graphs import value


def test_the_width_of_each_ascii_character_is_adobes() -> None:
    metrics = Path(matplotlib.get_data_path(), "fonts/pdfcorefonts/Helvetica.afm").read_text("latin-1")
    adobe = {int(code): int(wide) for code, wide in re.findall(r"^C (\d+) ; WX (\d+)", metrics, re.MULTILINE)}
    curly = {ord("'"): 191, ord("`"): 333}
    ours = {ord(character): wide for character, wide in HELVETICA.items()}
    assert {code: ours[code] for code in range(32, 127) if code not in curly} == {
        code: adobe[code] for code in range(32, 127) if code not in curly
    }


@pytest.mark.parametrize("text", ["MulBackward0", "AccumulateGrad", "net.0.weight (512, 512)", "= [1.0, -2.5e-05]"])
def test_a_text_is_given_at_least_the_room_the_engine_gives_it(text: str) -> None:
    program = find_engine()
    assert program is not None
    dot = f'digraph {{ a [shape=box margin=0 height=0 width=0 fontname=Helvetica fontsize=100 label="{text}"] }}'
    plain = subprocess.run(
        [program.program, "-Tplain"], input=dot.encode(), capture_output=True, check=True
    ).stdout.decode()
    inches = float(next(line for line in plain.splitlines() if line.startswith("node")).split()[4])
    assert 1 <= width(text, 100) / (inches * 72) < 1.12


def test_a_chinese_character_is_as_wide_as_it_is_high() -> None:
    assert width("梯度", 10) == 20 * ROOM


def test_what_cannot_be_seen_is_written_as_an_escape() -> None:
    assert clean('a\n\x00\u202e"<&😀中') == 'a\\n\\x00\\u202e"<&😀中'
    assert clean("\udcff") == "\\udcff"
    assert clean("x" * 50) == "x" * 35 + "…"


def test_numbers_shapes_and_values_are_written_as_python_writes_them() -> None:
    assert [number(item) for item in (7.0, 1 / 3, 1e-9, float("nan"), float("-inf"), True, 3, "1+2j")] == [
        "7.0", "0.3333", "1e-09", "nan", "-inf", "True", "3", "1+2j",
    ]  # fmt: skip
    assert [shape(sizes) for sizes in ((), (3,), (2, 5))] == ["()", "(3,)", "(2, 5)"]
    assert short(value(((1.0, 2.0), (3.0, 4.0)), (2, 2))) == "[[1.0, 2.0], [3.0, 4.0]]"
    assert short(value((1.0,) * 5, (5,))) is None
    assert short(value(None, (1000,))) is None
    assert short(value((), (0,))) == "[]"
