"""Failures that come from where a program runs, recognised by their own words; others are left alone."""

import pytest

from app.explain import Failure, explain_failure


@pytest.mark.parametrize(
    ("failure", "start"),
    [
        (
            Failure("RuntimeError", "Trying to backward through the graph a second time (or …"),
            "An earlier backward() freed",
        ),
        (
            Failure("RuntimeError", "grad can be implicitly created only for scalar outputs"),
            "backward() starts from one number",
        ),
        (
            Failure("RuntimeError", "element 0 of tensors does not require grad and does not have a grad_fn"),
            "The tensor that backward()",
        ),
        (Failure("AssertionError", "Torch not compiled with CUDA enabled"), "This server has no GPU"),
        (Failure("EOFError", "EOF when reading a line"), "Nobody can answer input() here"),
        (Failure("PermissionError", "[Errno 13] Permission denied: 'data.csv'"), "A program here has no files"),
        (
            Failure("FileNotFoundError", "[Errno 2] No such file or directory: 'data.csv'"),
            "A program here has no files",
        ),
        (
            Failure("RuntimeError", "Parent directory /x does not exist.", ("/lib/torch/serialization.py",)),
            "A program here cannot write files",
        ),
        (
            Failure("URLError", "<urlopen error [Errno 1] Operation not permitted>", ("/lib/urllib/request.py",)),
            "A program here cannot reach the network",
        ),
        (
            Failure("PermissionError", "[Errno 1] Operation not permitted", ("/lib/subprocess.py",)),
            "A program here cannot start another process",
        ),
        (
            Failure("PermissionError", "[Errno 1] Operation not permitted", ("/lib/asyncio/events.py",)),
            "asyncio's event loop needs a pair of sockets",
        ),
        (Failure("PermissionError", "[Errno 1] Operation not permitted"), "The wall around programs refused this"),
        (Failure("FileNotFoundError", "data.csv not found."), "A program here has no files"),
        (Failure("RuntimeError", "can't start new thread"), "A program here runs in one thread"),
        (
            Failure("RuntimeError", "Operation not permitted", ("/lib/torch/profiler/profiler.py",)),
            "torch.profiler needs threads",
        ),
        (Failure("ModuleNotFoundError", "No module named 'torchvision'"), "torchvision is not installed here"),
        (Failure("ModuleNotFoundError", "No module named 'pandas.core'"), "pandas is not installed here"),
        (Failure("MemoryError", ""), "The program asked for more memory"),
    ],
)
def test_the_cause_is_named(failure: Failure, start: str) -> None:
    explained = explain_failure(failure)
    assert explained is not None
    assert explained.explanation.startswith(start)
    assert explained.fix


@pytest.mark.parametrize(
    "failure",
    [
        Failure(
            "RuntimeError", "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", ("/lib/torch/nn/functional.py",)
        ),
        Failure("ValueError", "no"),
        Failure("KeyError", "'x'"),
        Failure("ImportError", "cannot import name 'y' from 'torch'"),
    ],
)
def test_no_cause_is_claimed_without_evidence(failure: Failure) -> None:
    assert explain_failure(failure) is None
