"""A script is watched: the page of its run is there while it runs and after, for who has the token."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SOURCE = """
import torch
print("begun", flush=True)
x = torch.ones(2, requires_grad=True)
for step in range(5):
    loss = (x * x).sum()
    loss.backward()
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def watching(folder: Path, source: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command at work on a script, and the address it printed."""
    script = folder / "train.py"
    script.write_text(source)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "watch", "--no-browser", *options, str(script)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        yield process, re.findall(r"http://\S+", process.stderr.readline())[0]
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


def test_the_page_of_the_run_tells_its_graph_and_its_curve_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with watching(tmp_path, SOURCE) as (process, address), httpx.Client() as client:
        assert client.get(address.partition("?")[0]).status_code == 403
        assert client.get(address, follow_redirects=True).status_code == 200
        run = address.partition("?")[0].replace("/runs/", "/api/runs/")
        events = client.get(f"{run}/events").text
        assert re.findall(r"event: (graph|finished)\n", events) == ["graph", "finished"]
        assert client.get(f"{run}/scalars?tag=loss").json()["value"] == [2.0] * 5
        assert "MulBackward0" in client.get(f"{run}/graphs/0.svg").text
        assert process.stderr is not None
        assert process.stderr.readline() == "train.py ended (ok). The page stays until you press Ctrl-C.\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_ctrl_c_first_stops_the_script(tmp_path: Path) -> None:
    with watching(tmp_path, SOURCE + "while True: pass") as (process, _):
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert "ended (stopped)" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 1


@pytest.mark.parametrize(("source", "status"), [(SOURCE, 0), ("raise SystemExit(3)", 1)])
def test_it_can_end_with_the_script(tmp_path: Path, source: str, status: int) -> None:
    with watching(tmp_path, source, "--leave") as (process, _):
        assert process.wait(60) == status
        assert not [name for name in os.listdir(tmp_path) if name != "train.py"]
