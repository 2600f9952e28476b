"""The rehearsal before the first fork: it must leave nothing behind and never run a backward."""

from .conftest import Observed


def test_a_rehearsal_runs_no_backward_and_leaves_no_name(observed: Observed) -> None:
    told = observed(
        "from app.child.rehearse import rehearse\n"
        "calls = []\n"
        "engine = torch.autograd.graph._engine_run_backward\n"
        "torch.autograd.graph._engine_run_backward = lambda *a, **k: calls.append(1)\n"
        "before = dict(globals())\n"
        "rehearse()\n"
        "torch.autograd.graph._engine_run_backward = engine\n"
        "print(calls, set(globals()) - set(before) - {'before'})\n"
    )
    assert told.stdout == "[] set()\n"
    assert told.stderr == ""
