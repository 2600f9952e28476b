"""Bytes that once found something, and a bounded look for more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.events import encode
from tests.events.examples import EXAMPLES

from .required import required
from .target import look

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "data" / "corpus"
RUNS = os.environ.get("GRADWALK_FUZZ_RUNS", "4000")
"""`make fuzz` asks for more."""


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_what_once_found_something_finds_nothing(name: str) -> None:
    look((CORPUS / name).read_bytes())


def test_bytes_guided_by_what_the_decoder_does_find_nothing(tmp_path: Path) -> None:
    required("atheris")
    seeds, finds = tmp_path / "seeds", tmp_path / "finds"
    seeds.mkdir()
    finds.mkdir()
    for number, event in enumerate(EXAMPLES):
        (seeds / str(number)).write_bytes(encode(event) + b"\n")
    options = [f"-runs={RUNS}", "-seed=1", "-max_len=8192", f"-artifact_prefix={finds}/"]
    command = [sys.executable, "-m", "tests.fuzz.decoder", *options, str(seeds), str(CORPUS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, list(finds.iterdir())) == (0, []), done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
