"""Observing must not change what a program does: every program is run plain and observed, and nothing may differ.

The programs are 58 mistakes, their 58 corrections, and trainings of every kind; the oracle is torch itself, running the same text unobserved.
"""

import io
import json
import os
import pickle
import sys
import types
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import torch
import torch._dynamo  # the first optimizer step imports it, in every fork that comes too early

from app.child.execute import execute
from app.events import EXPRESSION, ChildEvent, Ended, ExceptionRaised, Outcome, Preset, RunRequest, decode

MISTAKES = json.loads(Path(__file__).parents[1].joinpath("data", "mistakes.json").read_text("utf-8"))
SNIPPETS = {f"{mistake['id']}-{which}": mistake[which] for mistake in MISTAKES for which in ("code", "fixed_code")}
Told = dict[str, Any]
SETUP = """import torch
torch.manual_seed(1)
x, y = torch.randn(16, 3), torch.randn(16, 1)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout(0.2), torch.nn.ReLU(), torch.nn.Linear(4, 1))
weights, losses = list(model.parameters()), []
"""
TRAININGS = {
    "lbfgs": """
optimizer = torch.optim.LBFGS(weights, max_iter=4)
def closure():
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    return loss
for step in range(5):
    losses.append(optimizer.step(closure).item())
""",
    "clipping": """
optimizer = torch.optim.Adam(weights, lr=0.1)
for step in range(40):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, 0.1)
    optimizer.step()
    losses.append(loss.item())
    print(f"step {step}: loss = {loss:.3f}")
""",
    "accumulation": """
optimizer = torch.optim.SGD(weights, lr=0.1, momentum=0.9)
for step in range(40):
    loss = ((model(x) - y) ** 2).mean() / 4
    loss.backward()
    if step % 4 == 3:
        optimizer.step()
        optimizer.zero_grad()
    losses.append(float(loss))
first, second = weights[0].grad, torch.rand(3)
""",
    "two-networks": """
judge = torch.nn.Linear(1, 1)
opt_d, opt_g = torch.optim.Adam(judge.parameters()), torch.optim.Adam(weights)
for step in range(30):
    made = model(x)
    d_loss = judge(made.detach()).mean() - judge(y).mean()
    opt_d.zero_grad(); d_loss.backward(); opt_d.step()
    g_loss = -judge(made).mean()
    opt_g.zero_grad(); g_loss.backward(); opt_g.step()
    losses += [d_loss.item(), g_loss.item()]
judged = [p.detach().clone() for p in judge.parameters()]
a, b = judged
""",
    "by-hand": """
import numpy as np
rng = np.random.default_rng(0)
a, w = rng.standard_normal((8, 3)), rng.standard_normal(3)
def train(w):
    loss = np.float64(0)
    for t in range(50):
        error = a @ w
        loss = np.square(error).sum()
        w = w - 0.01 * a.T @ error
        losses.append(float(loss))
    return w
weights = torch.from_numpy(train(w))
""",
    "diverging": """
w = torch.tensor(1e30, requires_grad=True)
for step in range(20):
    loss = w ** 2
    loss.backward()
    with torch.no_grad():
        w -= 10 * w.grad
        w.grad.zero_()
    losses.append(repr(loss.item()))
drawn = torch.rand(3)
""",
}
PROGRAMS = SNIPPETS | {
    f"training-{name}": SETUP + source + "drawn = torch.rand(2)\n" for name, source in TRAININGS.items()
}


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What `work` returns, run in a forked process, so that no run can touch another."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(work(), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        result = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(result)  # written by the lines above


def facts_of(top: dict[str, Any]) -> Told:
    """Every global tensor's facts, bit for bit."""
    facts: Told = {}
    for name, value in top.items():
        if isinstance(value, torch.Tensor):
            grad = value.grad if value.is_leaf or value.retains_grad else None
            facts[name] = (
                value.detach().numpy().tobytes(),
                tuple(value.shape),
                str(value.dtype),
                value.requires_grad,
                value.is_leaf,
                value._version,
                type(value.grad_fn).__name__,
                None if grad is None else (grad.detach().numpy().tobytes(), grad.requires_grad),
            )
        elif isinstance(value, (int, float, str, bool, list)):
            facts[name] = repr(value)
    return facts


def gathered(run: Callable[[Told], dict[str, Any]]) -> Told:
    """What a run printed, warned, raised and left behind."""
    told: Told = {"warnings": []}

    def note(message: Any, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
        told["warnings"].append((str(message), category.__name__, filename, lineno))

    warnings.resetwarnings()
    warnings.simplefilter("default")
    warnings.showwarning = note
    torch.manual_seed(0)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        top = run(told)
    return {**told, "printed": out.getvalue(), "tensors": facts_of(top)}


def run_plain(source: str, told: Told) -> dict[str, Any]:
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        exec(compile(source, "<user>", "exec"), vars(main))
    except BaseException as error:
        line, link = None, error.__traceback__
        while link is not None:
            line = link.tb_lineno if link.tb_frame.f_code.co_filename == "<user>" else line
            link = link.tb_next
        told["exception"] = (type(error).__name__, str(error), line)
    return vars(main)


def run_observed(source: str, told: Told) -> dict[str, Any]:
    def send(lines: bytes) -> None:
        for event in (decode(line, ChildEvent) for line in lines.split(b"\n")):
            if isinstance(event, ExceptionRaised):
                told["exception"] = (event.kind, event.message, event.line)
            if isinstance(event, Ended):
                assert event.outcome in (Outcome.OK, Outcome.EXCEPTION)

    execute(RunRequest(source=source, preset=Preset.EXPRESSION, limits=EXPRESSION), send)
    return vars(sys.modules["__main__"])


@pytest.mark.parametrize("snippet", PROGRAMS)
def test_a_program_does_the_same_observed_as_plain(snippet: str) -> None:
    source = PROGRAMS[snippet]
    plain = in_a_fork(lambda: gathered(lambda told: run_plain(source, told)))
    observed = in_a_fork(lambda: gathered(lambda told: run_observed(source, told)))
    assert observed == plain
