"""Trainings as people write them, and the curve of each: which values, at which steps, under which name."""

import pytest

from .conftest import Observed

START = """
torch.manual_seed(0)
x, y = torch.randn(16, 3), torch.randn(16, 1)
model = torch.nn.Linear(3, 1)
"""


def test_every_backward_gives_a_point_of_the_loss(observed: Observed) -> None:
    told = observed(
        "w = torch.tensor(3., requires_grad=True)\n"
        "for _ in range(3):\n"
        "    loss = w ** 2\n"
        "    loss.backward()\n"
        "    with torch.no_grad():\n"
        "        w -= 0.5 * w.grad\n"
        "        w.grad = None\n"
    )
    assert told.curves["loss"] == [(0, 9.0), (1, 0.0), (2, 0.0)]
    assert told.total("loss") == 3


def test_a_loss_that_is_not_a_number_is_a_point_too(observed: Observed) -> None:
    told = observed(
        "w = torch.tensor(0., requires_grad=True)\n"
        "for scale in (1., float('inf')):\n    (w * scale + scale).backward()\n    (w.sqrt() * float('nan')).backward()"
    )
    assert repr(told.curves["loss"]) == "[(0, 1.0), (1, nan)]"


def test_lbfgs_gives_a_point_for_each_step_and_all_its_evaluations_beside(observed: Observed) -> None:
    told = observed(
        START + "optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)\n"
        "def closure():\n"
        "    optimizer.zero_grad()\n"
        "    loss = ((model(x) - y) ** 2).mean()\n"
        "    loss.backward()\n"
        "    return loss\n"
        "for _ in range(3):\n"
        "    print(optimizer.step(closure).item())\n"
    )
    assert told.values("loss") == [float(line) for line in told.stdout.split()]
    evaluations = told.values("loss/evaluations")
    assert len(evaluations) > len(told.values("loss")) == 3
    assert evaluations[0] == told.values("loss")[0]
    assert told.curves["lr"] == [(0, 1.0), (1, 1.0), (2, 1.0)]


def test_a_step_that_fails_does_not_make_the_next_backwards_its_own(observed: Observed) -> None:
    told = observed(
        START + "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "def closure():\n"
        "    raise ValueError\n"
        "try:\n"
        "    optimizer.step(closure)\n"
        "except ValueError:\n"
        "    pass\n"
        "for _ in range(3):\n"
        "    model(x).mean().backward()\n"
    )
    assert "loss/evaluations" not in told.curves
    assert len(told.curves["loss"]) == 3


def test_the_losses_of_two_networks_are_two_curves_and_so_are_their_learning_rates(observed: Observed) -> None:
    told = observed(
        "made, real = torch.nn.Linear(2, 2), torch.ones(4, 2)\n"
        "judge = torch.nn.Linear(2, 1)\n"
        "opt_d = torch.optim.SGD(judge.parameters(), lr=0.1)\n"
        "opt_g = torch.optim.SGD(made.parameters(), lr=0.2)\n"
        "for _ in range(2):\n"
        "    fake = made(torch.ones(4, 2))\n"
        "    opt_d.zero_grad()\n"
        "    d_loss = judge(fake.detach()).mean() - judge(real).mean()\n"
        "    d_loss.backward()\n"
        "    opt_d.step()\n"
        "    opt_g.zero_grad()\n"
        "    g_loss = -judge(fake).mean()\n"
        "    g_loss.backward()\n"
        "    opt_g.step()\n"
        "    print(d_loss.item(), g_loss.item())\n"
    )
    printed = [[float(number) for number in line.split()] for line in told.stdout.splitlines()]
    assert [told.values("loss"), told.values("loss/g_loss")] == [list(each) for each in zip(*printed, strict=True)]
    assert told.curves["lr"] == [(0, 0.1), (1, 0.1)]
    assert told.curves["lr/opt_g"] == [(0, 0.2), (1, 0.2)]


def test_one_name_at_two_places_is_one_curve(observed: Observed) -> None:
    told = observed(
        "w = torch.ones((), requires_grad=True)\n"
        "for by in (1., 2.):\n    loss = w * by\n    loss.backward()\n"
        "loss = w * 3\nloss.backward()"
    )
    assert told.curves["loss"] == [(0, 1.0), (1, 2.0), (2, 3.0)]


def test_accumulation_gives_a_point_for_each_backward_and_a_rate_for_each_step(observed: Observed) -> None:
    told = observed(
        START + "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "for i in range(6):\n"
        "    loss = ((model(x) - y) ** 2).mean() / 3\n"
        "    loss.backward()\n"
        "    if i % 3 == 2:\n"
        "        optimizer.step()\n"
        "        optimizer.zero_grad()\n"
    )
    assert [step for step, _ in told.curves["loss"]] == [0, 1, 2, 3, 4, 5]
    assert told.curves["lr"] == [(2, 0.1), (5, 0.1)]


def test_a_validation_loss_is_a_curve_beside_the_loss(observed: Observed) -> None:
    told = observed(
        START + "for epoch in range(3):\n"
        "    loss = ((model(x) - y) ** 2).mean()\n"
        "    loss.backward()\n"
        "    with torch.no_grad():\n"
        "        val_loss = (model(x) - y).abs().mean()\n"
        "        accuracy = float(epoch)\n"
        "    print(val_loss.item())\n"
    )
    assert told.values("assigned/val_loss") == [float(line) for line in told.stdout.split()]
    assert told.curves["assigned/accuracy"] == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert len(told.curves["loss"]) == 3
    assert told.total("assigned/val_loss") == 3


def test_a_gradient_that_autograd_is_asked_for_is_no_step(observed: Observed) -> None:
    told = observed("w = torch.ones((), requires_grad=True)\nfor _ in range(2):\n    torch.autograd.grad(w * 2, w)")
    assert told.curves == {}


def test_a_reentrant_checkpoints_own_backward_is_no_step(observed: Observed) -> None:
    told = observed(
        START + "from torch.utils.checkpoint import checkpoint\n"
        "x.requires_grad_()\n"
        "for _ in range(2):\n"
        "    loss = checkpoint(lambda v: model(v).sum(), x, use_reentrant=True) * 2\n"
        "    loss.backward()\n"
    )
    assert [step for step, _ in told.curves["loss"]] == [0, 1]


@pytest.mark.parametrize("turns", [12, 60])
def test_a_steady_loop_tells_every_loss_and_every_backward(observed: Observed, turns: int) -> None:
    told = observed(
        START + "optimizer = torch.optim.SGD(model.parameters(), lr=0.01)\n"
        f"for _ in range({turns}):\n"
        "    optimizer.zero_grad()\n"
        "    loss = ((model(x) - y) ** 2).mean()\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
        "    print(loss.item())\n"
    )
    assert told.values("loss") == [float(line) for line in told.stdout.split()]
    assert [backward.number for backward in told.backwards] == list(range(1, turns + 1))
