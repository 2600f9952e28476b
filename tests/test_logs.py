"""The server's own log, as a person or a machine reads it."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import logging, logging.config
from app.logs import configure
from app.settings import Settings
logging.config.dictConfig(configure(Settings(log_level={level!r}, log_format={form!r}), "agent"))
log = logging.getLogger("app.runs.registry")
log.info("run %s ended: %s", "abc", "ok", extra={{"run_id": "abc", "outcome": "ok"}})
log.warning("careful")
logging.getLogger("another.library").info("chatter")
"""


def logged(level: str, form: str) -> list[str]:
    command = [sys.executable, "-c", PROBE.format(level=level, form=form)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_as_json_a_run_is_a_field_of_its_line() -> None:
    first, second = map(json.loads, logged("info", "json"))
    assert first.pop("time")
    assert first == {
        "level": "INFO",
        "logger": "app.runs.registry",
        "message": "run abc ended: ok",
        "process": "agent",
        "run_id": "abc",
        "outcome": "ok",
    }
    assert second["message"] == "careful"


@pytest.mark.parametrize(("level", "lines"), [("info", 2), ("warning", 1), ("error", 0)])
def test_as_text_it_says_what_is_worth_saying_at_its_level(level: str, lines: int) -> None:
    assert len(logged(level, "text")) == lines


def test_this_process_is_not_configured_by_reading_it() -> None:
    assert logging.getLogger("app").handlers == []
