"""Input that is no program, or one that asks for everything: each ends with its outcome, and the next run is served."""

import pytest

from app.events import Graph, Tensor
from app.runs.local import LocalRunner

from .runs.play import Told, play

pytestmark = pytest.mark.anyio

ENDINGS = {
    "": ("ok", None),
    "   \n\n": ("ok", None),
    "x = (": ("exception", "SyntaxError: '(' was never closed"),
    "def f(:\n    pass": ("exception", "SyntaxError: invalid syntax"),
    "x = 1\0": ("exception", "SyntaxError: source code string cannot contain null bytes"),
    "import nowhere": ("exception", "ModuleNotFoundError: No module named 'nowhere'"),
    "import sys\nsys.exit()": ("ok", None),
    "import sys\nsys.exit(2)": ("exception", "SystemExit: 2"),
    "import os\nos._exit(0)": ("crashed", None),
    "import ctypes\nctypes.string_at(0)": ("crashed", None),
    "import os\nos.abort()": ("crashed", None),
    "def f(): f()\nf()": ("exception", "RecursionError: maximum recursion depth exceeded"),
    "x = [1]\nwhile True: x += x": ("out_of_memory", "MemoryError: "),
    "while True: print('x' * 1000)": ("output_limit", None),
    "x = " + "+".join(["1"] * 20_000): (
        "exception",
        "RecursionError: maximum recursion depth exceeded during compilation",
    ),
    "raise BaseException('all')": ("exception", "BaseException: all"),
    "class E(Exception):\n    def __str__(self): return '\\ud800'\nraise E": ("exception", "E: ?"),
}


@pytest.mark.parametrize("source", ENDINGS)
async def test_it_ends_with_an_outcome_and_a_sentence(runner: LocalRunner, source: str) -> None:
    told = await play(runner, source)
    assert (told.outcome, told.raised) == ENDINGS[source]
    assert told.finished.detail.endswith((".", "why."))


async def test_an_endless_loop_ends_by_its_limit(runner: LocalRunner) -> None:
    assert (await play(runner, "while True: pass", cpu_s=1)).outcome == "timeout"
    assert (await play(runner, "import time\ntime.sleep(60)", wall_s=0.5)).outcome == "timeout"


async def test_what_a_timed_out_program_had_is_reported(runner: LocalRunner) -> None:
    told = await play(runner, "x = torch.ones(2)\nwhile True: pass", cpu_s=1)
    assert tensors(told)["x"].shape == (2,)


def tensors(told: Told) -> dict[str, Tensor]:
    return {event.name: event for event in told.events if isinstance(event, Tensor)}


async def test_nan_and_infinities_are_told(runner: LocalRunner) -> None:
    told = await play(
        runner, "x = torch.tensor([float('nan'), float('inf')], requires_grad=True)\n(x * 2).sum().backward()"
    )
    value = tensors(told)["x"].value
    assert value is not None
    assert value.nonfinite == 2


async def test_a_tensor_of_a_hundred_million_elements_is_told_without_them(runner: LocalRunner) -> None:
    value = tensors(await play(runner, "x = torch.ones(10**8)"))["x"].value
    assert value is not None
    assert (value.data, value.min, value.mean) == (None, 1.0, 1.0)


@pytest.mark.parametrize(
    "expression",
    [
        "torch.eye(3).to_sparse()",
        "torch.tensor([1 + 2j])",
        "torch.tensor([True])",
        "torch.tensor([1])",
        "torch.ones(1).half()",
        "torch.empty(0)",
        "torch.empty(3, device='meta')",
    ],
)
async def test_every_kind_of_tensor_is_told(runner: LocalRunner, expression: str) -> None:
    told = await play(runner, f"x = {expression}")
    assert told.outcome == "ok"
    assert tensors(told)["x"].grad_reason == "requires_grad_false"


async def test_names_with_every_trap_travel_as_text(runner: LocalRunner) -> None:
    key = "a'\"<b>😀\\n</script>"
    told = await play(runner, f"d = {{{key!r}: torch.ones(1, requires_grad=True)}}\nz = (d[{key!r}] * 2).sum()")
    assert list(tensors(told)) == ["z", f"d[{key!r}]"]


async def test_a_graph_100_000_deep_is_walked_drawn_from_and_freed(runner: LocalRunner) -> None:
    source = "x = y = torch.tensor(1., requires_grad=True)\nfor _ in range(100_000):\n    y = y + 1\ny.backward()\ndel y\nprint(x.grad)"
    told = await play(runner, source, cpu_s=60, wall_s=60)
    (graph,) = [event for event in told.events if isinstance(event, Graph)]
    assert (told.outcome, told.printed) == ("ok", "tensor(1.)\n")
    assert (graph.total_nodes, graph.truncated) == (100_001, True)
