"""A person's own script, on their own machine: what `python script.py` would give it, and nothing more.

Knows nothing of how it is watched.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Script:
    """Where the script is, what it is told, and the descriptor that is its standard input."""

    path: str
    arguments: tuple[str, ...] = ()
    stdin: int | None = None

    def settle(self, main: dict[str, Any]) -> None:
        """Makes this process look to the script as Python would have it: `main` is its `__main__`."""
        main["__file__"] = self.path
        sys.argv = [self.path, *self.arguments]
        sys.path.insert(0, str(Path(self.path).parent))
        if self.stdin is not None:
            os.dup2(self.stdin, 0)
            os.close(self.stdin)
            sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115  # as long as the script


def asked_for(arguments: Sequence[str]) -> Script | None:
    """The script that a command line names, None where it names none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--script")
    parser.add_argument("--stdin", type=int)
    parser.add_argument("arguments", nargs="*")
    chosen = parser.parse_args(arguments)
    return Script(chosen.script, tuple(chosen.arguments), chosen.stdin) if chosen.script else None
