#!/usr/bin/env python3
"""The one door on a fresh machine: `python3 run.py` installs and serves, `python3 run.py test` installs and tests.

Needs nothing but Python 3.11 or newer. Everything goes into .venv beside this file; a stamp of what was installed
makes the next start quick.
"""

from __future__ import annotations  # so that an old Python gets as far as the sentence that asks for a new one

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "gradwalk-installed"
BUNDLE = HERE / "static" / "dist" / "bundle.js"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDED = (3, 11)
STAMPED = ("pyproject.toml", "constraints.txt", "hatch_build.py", "static/package-lock.json", "static/bundle.mjs")


class SetupError(Exception):
    """Installing did not work; the message says why and what to do next."""


def main(arguments: list[str]) -> int:
    """Installs where needed, then serves or tests; gives the exit status."""
    parser = argparse.ArgumentParser(description="Install Gradwalk into .venv, then serve it or run its tests.")
    parser.add_argument("task", nargs="?", choices=["serve", "test"], default="serve")
    parser.add_argument("--port", type=int, help="the port to serve on (8000)")
    parser.add_argument("--unsafe-no-sandbox", action="store_true", help="run code without walls, on your own risk")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.task == "serve":
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        install()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    command, environ = plan(options.task, options.port, options.unsafe_no_sandbox, rest)
    return hand_over([str(PYTHON), *command], {**os.environ, **environ})


def hand_over(command: list[str], environ: dict[str, str]) -> int:
    """Becomes the command, so that signals reach it alone; on Windows, which can't, waits for its exit status."""
    os.chdir(HERE)
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, environ)
    with subprocess.Popen(command, env=environ) as process:
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
        return process.returncode


def plan(task: str, port: int | None, unsafe: bool, rest: list[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments for .venv's Python and what to add to the environment."""
    environ = {"GRADWALK_PORT": str(port)} if port is not None else {}
    if unsafe:
        environ["GRADWALK_UNSAFE_NO_SANDBOX"] = "1"
    return (["-m", "pytest", *rest] if task == "test" else ["-m", "app"]), environ


def install() -> None:
    """Makes .venv hold what pyproject.toml and constraints.txt ask for. Raises: SetupError."""
    if sys.version_info < NEEDED:
        raise SetupError(
            f"Gradwalk needs Python {NEEDED[0]}.{NEEDED[1]} or newer and this is {sys.version.split()[0]}.\n"
            "Install a newer one from your system or python.org, then: python3.11 run.py"
        )
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text() == wanted:
        return
    print("Setting up Gradwalk in .venv. The first time this downloads PyTorch and takes a few minutes.", flush=True)
    make_venv()
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-c", "constraints.txt", "-e", ".[test]"]
    if subprocess.run(pip, cwd=HERE).returncode != 0:
        raise SetupError(
            "pip could not install everything: its last lines above say why. Most often there is no way to the\n"
            "package index: check the network or proxy (PIP_INDEX_URL, PIP_PROXY), and the free disk space\n"
            "(5 GB, or 1 GB with PyTorch's CPU build). Then run this again; it goes on where it stopped."
        )
    STAMP.write_text(wanted)
    if not BUNDLE.is_file():
        print(
            "The code editor could not be fetched from npm's registry, so the page has a plain text area.\n"
            f"Everything else works. To try again, delete {STAMP.relative_to(HERE)} and run this once more."
        )


def make_venv() -> None:
    """Makes .venv, afresh where it was left half made or of another Python. Raises: SetupError."""
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text().startswith(version()):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            f"Python could not make a virtual environment:\n{(made.stdout + made.stderr).strip()}\n"
            "On Debian and Ubuntu a part of Python is missing then; install it: sudo apt install python3-venv"
        )
    STAMP.write_text(f"{version()} unfinished")


def fingerprint() -> str:
    """What an installation depends on, in one line: the Python and the files that say what to install."""
    contents = [path.read_bytes() if path.is_file() else b"" for path in (HERE / name for name in STAMPED)]
    return f"{version()} {hashlib.sha256(b'|'.join(contents)).hexdigest()}"


def version() -> str:
    """This Python's version and place; an environment made by another can't be kept."""
    return f"{sys.version.split()[0]}:{sys.base_prefix}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
