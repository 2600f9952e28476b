"""What a script's own process is told on its command line."""

from app.child.script import Script, asked_for


def test_the_command_line_names_the_script_and_what_it_is_told() -> None:
    assert asked_for(["--script=/a/train.py", "--stdin=5", "--", "--epochs", "3"]) == Script(
        "/a/train.py", ("--epochs", "3"), 5
    )


def test_without_a_script_the_process_is_for_any_program() -> None:
    assert asked_for([]) is None
