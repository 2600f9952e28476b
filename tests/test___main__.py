"""`python -m app` as a person starts and ends it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.supervised import wait_for


@contextmanager
def running(*command: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program and the address it prints; its data are in a folder of its own."""
    folder = tempfile.TemporaryDirectory(prefix="gradwalk-")
    process = subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, "GRADWALK_PORT": "0", "GRADWALK_DATA_DIR": folder.name, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if line.startswith("Gradwalk is at "))
        yield process, line.removeprefix("Gradwalk is at ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)
        folder.cleanup()


def in_commands(secret: str) -> list[bytes]:
    """The commands of this machine's processes, which every user may read, that hold the secret."""
    found: list[bytes] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended
            found.append(path.read_bytes())
    return [command for command in found if secret.encode() in command]


def test_it_prints_its_address_answers_there_and_ends_on_a_signal() -> None:
    with running("-m", "app", GRADWALK_WALL="refuse") as (process, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        state = wait_for(lambda: None if (now := httpx.get(f"{address}healthz").json()["state"]) == "starting" else now)
        assert state == "refusing"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_without_walls_the_address_holds_the_token_and_a_warning_stands_above_it() -> None:
    with running("-m", "app", "--unsafe-no-sandbox") as (_, address):
        assert httpx.get(address).status_code == 303
        assert httpx.get(address.split("?")[0]).status_code == 403
        assert in_commands(address.split("token=")[1]) == []


def test_no_log_and_no_list_of_processes_holds_a_token_that_was_chosen() -> None:
    token = "the-token-of-a-class"
    with running(
        "-m",
        "app",
        GRADWALK_WALL="refuse",
        GRADWALK_TOKEN=token,
        GRADWALK_LOG_LEVEL="debug",
        GRADWALK_LOG_FORMAT="json",
    ) as (process, address):
        assert token not in address
        statuses = [
            httpx.get(address, params={"token": token}).status_code,
            httpx.get(address, headers={"Authorization": f"Bearer {token}"}).status_code,
            httpx.get(f"{address}api/runs", headers={"Authorization": f"Bearer {token}x"}).status_code,
        ]
        named = in_commands(token)
        process.send_signal(signal.SIGTERM)
        said, complained = process.communicate(timeout=30)
    assert statuses == [303, 200, 403]
    assert named == []
    assert "refused: NoToken" in complained
    assert token not in said + complained


def test_a_bad_setting_and_a_taken_port_are_sentences() -> None:
    def fails(**environ: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "app"]
        done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, timeout=20)
        return done.returncode, done.stderr

    assert fails(GRADWALK_PORT="x") == (
        2,
        "GRADWALK_PORT=x can't be used. Write a port from 0 to 65535, or leave it unset.\n",
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, words = fails(GRADWALK_PORT=port, GRADWALK_WALL="refuse")
    assert code == 1
    assert words == (
        f"127.0.0.1:{port} can't be listened on: Address already in use. "
        "Stop what uses it, or choose another port with GRADWALK_PORT.\n"
    )


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_on_ipv6_too() -> None:
    with running("-m", "app", GRADWALK_WALL="refuse", GRADWALK_HOST="::1") as (_, address):
        assert httpx.get(f"{address}healthz").status_code == 200
