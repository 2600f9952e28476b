"""Single variables of the environment: values as a person writes them, and a sentence where one can't be used."""

from collections.abc import Callable

import pytest

from app import environment as env
from app.environment import Environment, SettingsError


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (env.switch, "1", True),
        (env.port, "65535", 65535),
        (env.count, "3", 3),
        (env.bound, "0", 0),
        (env.seconds, "2.5", 2.5),
        (env.names, "A.example, b", ("a.example", "b")),
        (env.listed, "anna, 王芳 ,", ("anna", "王芳")),
        (env.networks, "10.0.0.2, 10.1.0.0/16, ::1", ("10.0.0.2", "10.1.0.0/16", "::1")),
        (env.header, "X-Forwarded-User", "x-forwarded-user"),
        (env.runner, "local", "local"),
        (env.runner, "ray://10.0.0.2:6379", "ray://10.0.0.2:6379"),
        (env.database, "postgresql+psycopg://me:secret@db/gradwalk", "postgresql+psycopg://me:secret@db/gradwalk"),
    ],
)
def test_a_value_is_what_was_written(parse: Callable[[str], object], text: str, value: object) -> None:
    assert Environment({"GRADWALK_X": f" {text} "})("X", None, parse, "") == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (env.switch, "yes"), (env.port, "65536"), (env.port, "٣"), (env.count, "0"), (env.bound, "-1"), (env.seconds, "nan"),
        (env.host, "a b"), (env.names, "http://x"), (env.networks, "10.0.0.2/8"), (env.networks, "proxy"),
        (env.database, "mysql://db/x"), (env.database, "runs.sqlite"), (env.runner, "ray://head"), (env.runner, "ray://:1"), (env.runner, "10.0.0.2:6379"), (env.runner, "ray://a b:1"), (env.header, "X User"), (env.header, "x:y"), (env.token, "short"), (env.token, "with blanks in between"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(SettingsError, match="can't be used"):
        Environment({"GRADWALK_X": text})("X", None, parse, "something else")


def test_a_token_is_not_repeated_where_it_is_refused() -> None:
    with pytest.raises(SettingsError) as raised:
        Environment({"GRADWALK_TOKEN": "hunter2"})("TOKEN", None, env.token, "at least 16 characters")
    with pytest.raises(SettingsError, match="GRADWALK_DATABASE=… can't be used"):
        Environment({"GRADWALK_DATABASE": "mysql://me:hunter2@db"})("DATABASE", None, env.database, "another")
    assert str(raised.value) == "GRADWALK_TOKEN=… can't be used. Write at least 16 characters, or leave it unset."
