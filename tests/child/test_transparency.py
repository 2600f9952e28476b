"""Observing must not change what a program does: every snippet is run plain and observed, and nothing may differ.

The snippets are 58 mistakes and their 58 corrections; the oracle is torch itself, running the same text unobserved.
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


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_program_does_the_same_observed_as_plain(snippet: str) -> None:
    source = SNIPPETS[snippet]
    plain = in_a_fork(lambda: gathered(lambda told: run_plain(source, told)))
    observed = in_a_fork(lambda: gathered(lambda told: run_observed(source, told)))
    assert observed == plain
