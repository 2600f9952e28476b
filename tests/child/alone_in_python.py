"""Runs a few lines in a fresh Python, for what cannot be undone in this one."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def in_a_fresh_python(source: str, *arguments: str) -> list[str]:
    """The lines it prints. Standard output is descriptor 3 as well."""
    command = ["sh", "-c", 'exec "$@" 3>&1', "sh", sys.executable, "-c", textwrap.dedent(source), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
