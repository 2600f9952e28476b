"""What a program's text lets expect."""

import ast

from app.child.foresight import ANY, ASSIGNED, BACKWARD, LOG, Foresight, Read, foresee


def foreseen(source: str) -> Foresight:
    return foresee(ast.parse(source))


def test_the_best_source_is_log_then_a_backward_then_an_assignment() -> None:
    assignment = "for t in range(2):\n    loss = f()\n"
    assert foreseen(assignment + "loss.backward()\nlog(0, loss=loss)").best == LOG
    assert foreseen(assignment + "loss.backward()\nlog(0, acc=1)").best == BACKWARD
    assert foreseen(assignment).best == (ASSIGNED, 0, 0)
    assert foreseen("print(1)").best == ANY


def test_a_log_of_the_programs_own_is_not_ours() -> None:
    for own in ("def log(**_): pass\n", "from math import log\n", "log = print\n"):
        assert foreseen(own + "log(loss=1)").best == ANY


def test_a_backward_is_known_by_where_its_call_ends_and_named_after_what_is_derived() -> None:
    told = foreseen(
        "loss.backward()\n(d_loss / 2).backward()\nscaler.scale(loss).backward()\nself.g.backward()\n"
        "torch.autograd.backward(cost)\n[1][0].backward()"
    )
    assert told.backwards == {
        (1, 15): "loss",
        (2, 23): "d_loss",
        (3, 29): "loss",
        (4, 17): "self.g",
        (5, 29): "cost",
        (6, 17): "line 6",
    }


def test_names_of_losses_are_read_inside_loops_and_functions_but_not_start_values() -> None:
    told = foreseen(
        "loss = f()\n"
        "for t in x:\n    loss, other = f()\n    best_loss = float('inf')\n    self.loss = f()\n    accuracy = g()\n"
        "def train():\n    loss = 0.0\n    loss += f()\n"
        "class Net:\n    loss = f()"
    )
    assert told.reads == [
        Read("loss", None, (ASSIGNED, 0, 0)),
        Read("accuracy", None, None),
        Read("loss", "train", (ASSIGNED, 0, 2)),
    ]
