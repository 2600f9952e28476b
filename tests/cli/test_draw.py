"""A script's graph becomes a file, without a server."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.cli.draw import NOTHING

SOURCE = """
import torch
x = torch.ones(3, requires_grad=True)
for step in range(3):
    loss = (x ** (step + 2)).sum()
    loss.backward()
while True:
    pass
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(SOURCE)
    return path


def test_the_graph_of_the_first_backward_is_drawn_and_the_script_goes_no_further(script: Path) -> None:
    assert main(["draw", "train.py"]) == 0
    picture = script.with_suffix(".svg").read_text()
    assert picture.startswith("<svg")
    assert "PowBackward0" in picture


def test_the_ending_of_the_file_says_what_is_written(script: Path) -> None:
    assert main(["draw", "train.py", "-o", "graph.dot", "--direction", "LR"]) == 0
    assert "rankdir=LR" in script.with_name("graph.dot").read_text()
    assert main(["draw", "--whole", "-o", "graph.json", "train.py"]) == 0
    assert json.loads(script.with_name("graph.json").read_text())["total_nodes"] == 3


def test_a_later_backward_can_be_asked_for(script: Path) -> None:
    script.write_text(SOURCE.replace("(x ** (step + 2)).sum()", "(x if step < 2 else x.exp()).sum()"))
    assert main(["draw", "--backward", "3", "-o", "third.svg", "train.py"]) == 0
    assert "ExpBackward0" in script.with_name("third.svg").read_text()


def test_a_script_without_a_graph_says_so(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("print(1)")
    assert main(["draw", "train.py"]) == 1
    assert NOTHING in capsys.readouterr().err


def test_a_script_that_fails_before_says_that(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("import nowhere")
    assert main(["draw", "train.py"]) == 1
    assert "No module named 'nowhere'" in (told := capsys.readouterr().err)
    assert "the script ended (exception) before it had a graph" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["nowhere.py"], "There is no file"), (["-o", "graph.bmp", "train.py"], "no ending of a picture")],
)
def test_what_cannot_be_drawn_is_refused(
    script: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_backward_that_never_came_is_not_another_one(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(SOURCE.replace("while True:\n    pass\n", ""))
    assert main(["draw", "--backward", "9", "train.py"]) == 2
    assert "ended after 3 backwards and number 9 was asked for" in capsys.readouterr().err


def test_a_script_that_only_leaves_shows_no_traceback(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("import sys\nprint('usage', file=sys.stderr)\nsys.exit(2)")
    assert main(["draw", "train.py"]) == 1
    assert capsys.readouterr().err.startswith("usage\nNothing was drawn")
