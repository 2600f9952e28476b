"""What can be typed, and what reaches the script."""

import pytest

from app.cli.options import parse


def test_what_stands_behind_the_script_is_the_script_s() -> None:
    asked = parse(["watch", "--leave", "train.py", "--epochs", "3", "--port", "1"])
    assert (asked.command, asked.leave, asked.port) == ("watch", True, 0)
    assert (str(asked.script), asked.arguments) == ("train.py", ["--epochs", "3", "--port", "1"])


@pytest.mark.parametrize(
    "typed",
    [
        ["train.py", "--epochs", "3", "-o", "graph.svg"],
        ["-o", "graph.svg", "train.py", "--epochs", "3"],
        ["train.py", "-o", "graph.svg", "--", "--epochs", "3"],
    ],
)
def test_the_options_of_a_drawing_stand_before_or_behind_the_script(typed: list[str]) -> None:
    asked = parse(["draw", *typed])
    assert (str(asked.script), str(asked.output), asked.arguments) == ("train.py", "graph.svg", ["--epochs", "3"])


def test_behind_two_dashes_all_is_the_script_s() -> None:
    asked = parse(["draw", "train.py", "--", "-o", "model.pt"])
    assert (asked.output, asked.arguments) == (None, ["-o", "model.pt"])


def test_without_a_command_the_page_is_served() -> None:
    asked = parse(["--unsafe-no-sandbox"])
    assert (asked.command, asked.unsafe_no_sandbox) == (None, True)


def test_an_unknown_command_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["wach", "train.py"])
    assert "watch" in capsys.readouterr().err


def test_an_unknown_option_of_the_server_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--prot=8000"])
    assert "unrecognized arguments: --prot=8000" in capsys.readouterr().err
