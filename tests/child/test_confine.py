"""Inside the walls ordinary programs work as they do outside: imports, plots, threads asked for, deep graphs."""

import os

import pytest

from app.runs.local import LocalRunner
from tests.runs.play import play

pytestmark = pytest.mark.anyio

LIBRARY = """
import importlib, sys
for name in sorted(sys.stdlib_module_names):
    if name in {left_out} or name.startswith("_"):
        continue
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error)
print("done")
"""
NOT_A_LIBRARY = [
    "antigravity",
    "this",
    "idlelib",
    "lib2to3",
    "tkinter",
    "turtle",
    "turtledemo",
    "msilib",
    "winreg",
    "winsound",
    "msvcrt",
    "nt",
]
PLOT = """
import io, numpy as np, matplotlib.pyplot as plt
from tqdm import tqdm
for i in tqdm(range(3)): pass
fig, ax = plt.subplots()
ax.plot(np.linspace(0, 1, 9), label="损失 $x^2$")
ax.set_title("μ ± σ")
ax.legend()
for form in ("svg", "png", "pdf"):
    file = io.BytesIO()
    plt.savefig(file, format=form)
    print(form, len(file.getvalue()) > 1000)
"""
DEEP = """
x = torch.ones(1, requires_grad=True)
y = x
for _ in range(100_000):
    y = y + 1
seen, todo = 0, [y.grad_fn]
while todo:
    node = todo.pop()
    seen += 1
    todo.extend(next for next, _ in node.next_functions if next is not None)
print(seen)
node = next = None
del y, node, todo
print("freed")
"""
CLASSES = """
import math
from dataclasses import dataclass

@dataclass
class Point:
    x: float

class Net(nn.Module if "nn" in globals() else torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, x):
        match x.shape:
            case [_, 2]:
                return self.layer(x) * math.pi

net = Net()
optimizer = torch.optim.Adam(net.parameters())
for _ in range(3):
    optimizer.zero_grad()
    net(torch.ones(4, 2)).mean().backward()
    optimizer.step()
print(Point(1.5))
"""
LIMITS = """
import os, resource
for name in ("FSIZE", "CORE", "NPROC", "NOFILE", "MEMLOCK", "CPU", "STACK"):
    print(name, *resource.getrlimit(getattr(resource, "RLIMIT_" + name)))
print(os.getuid() == os.geteuid() != 0, os.getcwd(), os.environ.get("HOME"), sorted(set(os.environ) - {names}))
"""


async def test_the_whole_standard_library_can_be_imported(runner: LocalRunner) -> None:
    told = await play(runner, LIBRARY.replace("{left_out}", repr(NOT_A_LIBRARY)))
    missing = {line.split()[0] for line in told.printed.splitlines()} - {"done"}
    assert told.outcome == "ok", told.raised
    assert missing <= {"dbm", "nis", "ossaudiodev", "readline", "curses", "spwd", "crypt"}


async def test_plots_are_drawn_with_fonts_and_formulas(runner: LocalRunner) -> None:
    told = await play(runner, PLOT)
    assert (told.printed, told.outcome) == ("svg True\npng True\npdf True\n", "ok"), told.raised
    assert "TqdmMonitorWarning" not in told.complained


async def test_a_graph_of_100000_nodes_that_was_walked_can_be_freed(runner: LocalRunner) -> None:
    told = await play(runner, DEEP)
    assert (told.printed, told.outcome) == ("100001\nfreed\n", "ok"), told.finished


async def test_threads_that_are_asked_for_do_not_end_the_process(runner: LocalRunner) -> None:
    told = await play(
        runner, "torch.set_num_threads(4)\nprint((torch.ones(600, 600) @ torch.ones(600, 600))[0, 0].item())"
    )
    assert (told.printed, told.outcome) == ("600.0\n", "ok")


async def test_classes_loops_and_an_optimizer_run_as_written(runner: LocalRunner) -> None:
    told = await play(runner, CLASSES)
    assert (told.printed, told.outcome) == ("Point(x=1.5)\n", "ok"), told.raised


async def test_deep_reentrant_backward_works_after_the_fork(runner: LocalRunner) -> None:
    source = """
from torch.utils.checkpoint import checkpoint
class Deeper(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, depth):
        ctx.depth = depth
        return x * 1
    @staticmethod
    def backward(ctx, grad):
        if ctx.depth:
            with torch.enable_grad():
                y = torch.ones(1, requires_grad=True)
                Deeper.apply(y, ctx.depth - 1).backward()
        return grad, None
x = torch.ones(1, requires_grad=True)
Deeper.apply(x, 40).backward()
print(x.grad.item())
"""
    told = await play(runner, source)
    assert (told.printed, told.outcome) == ("1.0\n", "ok"), told.raised


async def test_the_limits_are_those_promised(runner: LocalRunner) -> None:
    names = [
        "CUDA_VISIBLE_DEVICES",
        "HOME",
        "LANG",
        "MKL_NUM_THREADS",
        "MPLBACKEND",
        "MPLCONFIGDIR",
        "OMP_NUM_THREADS",
        "OMP_THREAD_LIMIT",
        "OPENBLAS_NUM_THREADS",
        "PYTHONUTF8",
        "TORCH_COMPILE_DISABLE",
        "TORCHINDUCTOR_CACHE_DIR",
    ]
    told = await play(runner, LIMITS.replace("{names}", repr(set(names))))
    gib = 1 << 30
    assert told.printed.splitlines() == [
        "FSIZE 0 0", "CORE 0 0", "NPROC 0 0", "NOFILE 64 64", "MEMLOCK 0 0", "CPU 5 6", f"STACK {gib} {gib}",
        "True / /nonexistent []",
    ]  # fmt: skip


async def test_only_reading_can_be_left_of_roots_rights(runner: LocalRunner) -> None:
    source = """
import ctypes, struct
data = ctypes.create_string_buffer(24)
libc = ctypes.CDLL(None, use_errno=True)
print(libc.capget(struct.pack("=Ii", 0x20080522, 0), data), ctypes.get_errno())
import os
for change in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot("/"), lambda: os.nice(-5)):
    try:
        change()
        print("changed")
    except PermissionError:
        print("refused")
"""
    told = await play(runner, source)
    assert told.printed.splitlines() == ["-1 1", *["refused"] * 4]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give each child a user of its own")
async def test_children_alive_at_once_are_different_users(runner: LocalRunner) -> None:
    import asyncio

    source = "import os, time; print(os.getuid()); time.sleep(0.3)"
    told = await asyncio.gather(*(play(runner, source) for _ in range(3)))
    assert len({each.printed for each in told}) == 3
