"""A script of one's own runs as Python would run it, and its terminal shows what it says."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.cli.script import ScriptError, ScriptRunner, read, request
from app.events import Graph, Outcome, decode

pytestmark = pytest.mark.anyio


def test_a_script_is_read_in_the_encoding_it_names(tmp_path: Path) -> None:
    script = tmp_path / "old.py"
    script.write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    assert read(script) == "# coding: latin-1\nx = 'é'\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), (b"\xff\xfe", "is not Python text"), (b"# coding: klingon\n", "is not Python text")],
)
def test_what_is_no_script_is_refused_with_a_next_step(tmp_path: Path, content: bytes | None, words: str) -> None:
    script = tmp_path / "script.py"
    if content is not None:
        script.write_bytes(content)
    with pytest.raises(ScriptError, match=words):
        read(script)


async def ran(folder: Path, source: str, arguments: Sequence[str] = ()) -> tuple[ScriptRunner, list[tuple[str, bytes]]]:
    script = folder / "script.py"
    script.write_text(source)
    runner = ScriptRunner(script, arguments)
    await runner.start()
    lines = [line async for line in runner.run("a", request(script))]
    await runner.close()
    return runner, lines


async def test_a_script_finds_what_python_would_give_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "beside.py").write_text("NAME = 'beside'")
    source = "import sys, os, beside\nprint(sys.argv[1:], __name__, os.path.basename(__file__), beside.NAME)"
    runner, _ = await ran(tmp_path, source, ["--epochs", "3"])
    assert capfd.readouterr().out == "['--epochs', '3'] __main__ script.py beside\n"
    assert runner.outcome is Outcome.OK


async def test_a_script_gets_no_name_that_it_did_not_import(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runner, _ = await ran(tmp_path, "torch.ones(1)")
    assert runner.outcome is Outcome.EXCEPTION
    assert "NameError: name 'torch' is not defined" in capfd.readouterr().err


async def test_an_exception_names_the_script_s_own_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    await ran(tmp_path, "x = 1\nraise ValueError('no')")
    assert f'File "{tmp_path}/script.py", line 2, in <module>' in capfd.readouterr().err


async def test_a_script_keeps_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_SETTING", "mine")
    await ran(tmp_path, "import os\nprint(os.environ['MY_SETTING'])")
    assert capfd.readouterr().out == "mine\n"


async def test_a_script_reads_what_is_typed_to_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    before = os.dup(0)
    os.dup2(reading, 0)
    os.write(writing, b"typed\n")
    try:
        await ran(tmp_path, "print(input().upper())")
    finally:
        os.dup2(before, 0)
        for descriptor in (reading, writing, before):
            os.close(descriptor)
    assert capfd.readouterr().out == "TYPED\n"


async def test_the_graph_of_a_script_is_told_with_its_names_and_lines(tmp_path: Path) -> None:
    _, lines = await ran(
        tmp_path, "import torch\nx = torch.ones(2, requires_grad=True)\ny = (x * 3).sum()\ny.backward()"
    )
    graph = next(decode(line, Graph) for kind, line in lines if kind == "graph")
    assert [(node.name, node.variable, node.line) for node in graph.nodes] == [
        ("SumBackward0", "y", 3),
        ("MulBackward0", None, 3),
        ("AccumulateGrad", "x", 2),
    ]
