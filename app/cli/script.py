"""A script as a run without limits, and its output passed on to the terminal it was started from.

Knows nothing of HTTP and of pictures.
"""

import os
import sys
import tokenize
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from ..events import ExceptionRaised, Finished, Limits, Outcome, Preset, Recording, RunRequest, Stderr, Stdout, decode
from ..runs.runner import Health, Line
from ..runs.unwalled import Script, UnwalledRunner

MOST = 2**52
UNLIMITED = Limits(wall_s=10**8, cpu_s=MOST, memory_bytes=MOST, events=MOST, stdout_bytes=MOST)


class ScriptError(Exception):
    """A script that can't be read; the message says why and what to do."""


def read(path: Path) -> str:
    """A script's text, in the encoding it names. Raises: ScriptError."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise ScriptError(f"There is no file {path}. Give the path of a Python script.") from None
    except OSError as error:
        raise ScriptError(f"{path} can't be read ({error.strerror}). Give the path of a Python script.") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path} is not Python text ({error}). Save it as UTF-8.") from error


def request(path: Path, recording: Recording | None = None) -> RunRequest:
    """The script as a run. Raises: ScriptError."""
    return RunRequest(
        source=read(path),
        preset=Preset.TRAINING,
        limits=UNLIMITED,
        title=path.name,
        recording=recording or Recording(),
    )


class ScriptRunner:
    """Runs one script, and whatever a person makes of it in the page, as `python script.py` would.

    What it prints is passed on to this terminal. `outcome` is that of the newest run, None before the first has ended.
    """

    def __init__(self, path: Path, arguments: Sequence[str] = ()) -> None:
        self.outcome: Outcome | None = None
        self._path = path
        self._stdin = os.dup(0) if os.name == "posix" else None
        self._runner = UnwalledRunner(Script(path.resolve(), tuple(arguments), self._stdin))

    async def start(self) -> None:
        """Begins to import torch."""
        await self._runner.start()

    async def close(self) -> None:
        """Ends what is under way."""
        await self._runner.close()
        if self._stdin is not None:
            os.close(self._stdin)
            self._stdin = None

    def health(self) -> Health:
        """Always ready."""
        return self._runner.health()

    async def stop(self, run_id: str) -> None:
        """Ends a run as `stopped`."""
        await self._runner.stop(run_id)

    async def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
        """The run's lines."""
        async with aclosing(self._runner.run(run_id, request)) as lines:
            async for kind, line in lines:
                self._pass_on(kind, line)
                yield kind, line

    def _pass_on(self, kind: str, line: bytes) -> None:
        if kind == Stdout.type:
            _write(sys.stdout, decode(line, Stdout).text)
        elif kind == Stderr.type:
            _write(sys.stderr, decode(line, Stderr).text)
        elif kind == ExceptionRaised.type:
            raised = decode(line, ExceptionRaised)
            if raised.kind != "SystemExit":  # as Python itself, which then only ends
                _write(sys.stderr, raised.traceback.replace('"<user>"', f'"{self._path}"') + "\n")
        elif kind == Finished.type:
            self.outcome = decode(line, Finished).outcome


def _write(stream: object, text: str) -> None:
    print(text, end="", file=stream, flush=True)  # type: ignore[call-overload]  # one of the two standard streams
