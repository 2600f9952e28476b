"""What can be typed, and what reaches the script."""

import pytest

from app.cli.options import parser


def test_what_stands_behind_the_script_is_the_script_s() -> None:
    asked = parser().parse_args(["watch", "--leave", "train.py", "--epochs", "3", "--port", "1"])
    assert (asked.command, asked.leave, asked.port) == ("watch", True, 0)
    assert (str(asked.script), asked.arguments) == ("train.py", ["--epochs", "3", "--port", "1"])


def test_without_a_command_the_page_is_served() -> None:
    asked = parser().parse_args(["--unsafe-no-sandbox"])
    assert (asked.command, asked.unsafe_no_sandbox) == (None, True)


def test_an_unknown_command_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["wach", "train.py"])
    assert "watch" in capsys.readouterr().err
