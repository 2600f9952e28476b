"""The web process alone, on a socket that it is given."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx


def serving(listening: socket.socket, *arguments: str) -> "subprocess.Popen[str]":
    descriptor = listening.fileno()
    folder = tempfile.mkdtemp(prefix="gradwalk-")
    return subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--listening", str(descriptor), *arguments],
        env={**os.environ, "GRADWALK_DATA_DIR": folder},
        pass_fds=[descriptor, *[int(word) for word in arguments if word.isdigit()]],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_without_an_agent_the_page_is_there_and_says_that_one_is_being_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = serving(listening, "--announce")
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert httpx.get(address, timeout=30).status_code == 200
        health = httpx.get(f"{address}/healthz").json()
        refused = httpx.post(f"{address}/api/expressions", json={"source": "1"})
        listed = httpx.get(f"{address}/api/runs")
        process.terminate()
        said, errors = process.communicate(timeout=20)
    assert (health["state"], refused.status_code, refused.headers["retry-after"]) == ("starting", 503, "1")
    assert refused.json()["type"] == "urn:gradwalk:problem:restarting"
    assert listed.json() == []
    assert (said, errors) == (f"Gradwalk is at {address}/\n", "")


def test_it_ends_with_its_supervisor() -> None:
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = serving(listening, "--life", str(reading))
        assert httpx.get(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30).status_code == 200
        os.close(writing)
        assert process.communicate(timeout=20) == ("", "")
    os.close(reading)
