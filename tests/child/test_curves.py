"""Where points come from when nothing is said, and which series bears the tag `loss`."""

import math

import numpy as np

from .conftest import Observed

DESCENT = """
import numpy as np
x = np.arange(4.)
w = 3.
for t in range(4):
    error = w * x - x
    loss = np.square(error).sum()
    print(t, loss)
    w -= 0.05 * (error * x).sum()
"""


def descent() -> list[float]:
    x, w, losses = np.arange(4.0), 3.0, []
    for _ in range(4):
        error = w * x - x
        losses.append(float(np.square(error).sum()))
        w -= 0.05 * (error * x).sum()
    return losses


def test_a_loop_by_hand_has_the_curve_of_what_it_assigns(observed: Observed) -> None:
    told = observed(DESCENT)
    assert told.curves == {"loss": list(enumerate(descent()))}
    assert told.total("loss") == 4


def test_a_cost_bears_the_tag_where_there_is_no_loss_and_other_measures_their_names(observed: Observed) -> None:
    told = observed("for i in range(2):\n    val_cost = i + 0.25\n    accuracy = i / 2\n    cost = i + 0.5")
    assert told.curves == {
        "loss": [(0, 0.5), (1, 1.5)],
        "assigned/val_cost": [(0, 0.25), (1, 1.25)],
        "assigned/accuracy": [(0, 0.0), (1, 0.5)],
    }


def test_a_sum_that_is_added_to_is_read_at_each_addition_and_start_values_are_not(observed: Observed) -> None:
    told = observed(
        "def train():\n    loss, best = 0.0, float('inf')\n    for i in range(3):\n        loss += 0.5\ntrain()"
    )
    assert told.curves == {"loss": [(0, 0.5), (1, 1.0), (2, 1.5)]}


def test_names_that_two_functions_share_are_two_curves(observed: Observed) -> None:
    told = observed(
        "def train(i):\n    loss = i + 0.5\ndef check(i):\n    loss = i + 0.25\nfor i in range(2):\n    train(i)\n    check(i)"
    )
    assert told.curves == {"loss": [(0, 0.5), (1, 1.5)], "assigned/check.loss": [(0, 0.25), (1, 1.25)]}


def test_printed_pairs_are_curves_where_nothing_else_is(observed: Observed) -> None:
    told = observed("for e in range(2):\n    print(f'Epoch {e + 1}/2: Loss: {0.5 - e / 4}  Acc = {90 + e}%')")
    assert told.curves == {"loss": [(1, 0.5), (2, 0.25)], "stdout/Acc": [(1, 90.0), (2, 91.0)]}


def test_what_is_printed_once_is_no_curve(observed: Observed) -> None:
    assert observed("print('Total params: 101')\nfor i in range(2):\n    print('loss:', i)").curves == {
        "loss": [(0, 0.0), (1, 1.0)]
    }


def test_printed_numbers_without_a_name_give_nothing(observed: Observed) -> None:
    assert observed("for t in range(3):\n    print(t, t / 2)").curves == {}


def test_what_log_says_wins_and_the_others_carry_a_prefix(observed: Observed) -> None:
    told = observed(
        "w = torch.ones((), requires_grad=True)\n"
        "for step in range(2):\n"
        "    loss = w * 2\n    loss.backward()\n    loss_value = loss.item()\n"
        "    print(f'loss: {loss_value}')\n    log(10 * step, loss=loss_value + 1)"
    )
    assert told.curves == {
        "loss": [(0, 3.0), (10, 3.0)],
        "backward/loss": [(0, 2.0), (1, 2.0)],
        "assigned/loss_value": [(0, 2.0), (1, 2.0)],
        "stdout/loss": [(0, 2.0), (1, 2.0)],
        **{"grad_norm": [(0, 2.0), (1, 4.0)], "grad_norm/w": [(0, 2.0), (1, 4.0)]},
    }


def test_a_better_source_that_never_comes_is_not_waited_for_beyond_the_end(observed: Observed) -> None:
    told = observed("for t in range(2):\n    loss = t + 0.5\nif False:\n    log(0, loss=1.0)")
    assert told.curves == {"loss": [(0, 0.5), (1, 1.5)]}


def test_a_loss_of_the_programs_own_log_function_is_nothing_of_ours(observed: Observed) -> None:
    told = observed("from math import log\nfor t in range(2):\n    loss = log(t + 1)")
    assert told.curves == {"loss": [(0, 0.0), (1, math.log(2))]}


def test_a_loss_that_is_never_told_but_kept_in_a_list_is_a_curve_at_the_end(observed: Observed) -> None:
    told = observed("all_loss = [0.5 ** n for n in range(3)]\nnumbers = [1.0, 2.0]")
    assert told.curves == {"loss": [(0, 1.0), (1, 0.5), (2, 0.25)]}


def test_a_tensor_of_the_loss_is_read_where_no_backward_is_called(observed: Observed) -> None:
    told = observed(
        "w = torch.ones((), requires_grad=True)\n"
        "for _ in range(2):\n    loss = w * 2\n    (g,) = torch.autograd.grad(loss, w)"
    )
    assert told.curves == {"loss": [(0, 2.0), (1, 2.0)]}


def test_reading_runs_nothing_of_the_learners(observed: Observed) -> None:
    told = observed(
        "class Odd(float):\n    def __float__(self): print('asked')\n"
        "class Meta(type):\n    def __hash__(self): print('hashed')\n"
        "class Strange(metaclass=Meta):\n    def __len__(self): print('measured')\n    def __iter__(self): return iter([1])\n"
        "for _ in Strange():\n    loss = Odd(1.0)\n    loss = Strange()"
    )
    assert (told.stdout, told.curves) == ("", {})


def test_a_stop_keeps_the_points(observed: Observed) -> None:
    told = observed(
        "import os, signal\nfor step in range(1000):\n    log(step, loss=float(step))\n    if step == 499:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)"
    )
    assert told.ended.outcome == "stopped"
    assert told.curves["loss"] == [(step, float(step)) for step in range(500)]


def test_an_exception_keeps_the_points(observed: Observed) -> None:
    told = observed("for step in range(300):\n    log(step, loss=1 / (200 - step))")
    assert len(told.curves["loss"]) == 200


def test_slow_motion_tells_the_same(observed: Observed) -> None:
    told = observed(DESCENT, steps_per_s=1e6)
    assert told.curves == {"loss": list(enumerate(descent()))}


def test_slow_motion_is_as_slow_as_asked_by_the_programs_own_clock(observed: Observed) -> None:
    told = observed(
        "import time\nbegan = time.monotonic()\nfor step in range(5):\n    log(step, loss=1.0)\n"
        "print(time.monotonic() - began > 4 / 50)",
        steps_per_s=50.0,
    )
    assert told.stdout == "True\n"


def test_a_stop_ends_slow_motion(observed: Observed) -> None:
    told = observed(
        "import signal, threading\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))\nlog(0, loss=1.0)\nprint('woke')",
        steps_per_s=0.01,
    )
    assert (told.ended.outcome, told.stdout, told.curves) == ("stopped", "", {"loss": [(0, 1.0)]})
