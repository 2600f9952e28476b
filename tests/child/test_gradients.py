"""Norms of gradients; the oracle is torch's own norm, printed by the program."""

import pytest

from .conftest import Observed

TRAINING = """
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(16, 3), torch.randn(16, 1) * 10
norm = lambda: [float(p.grad.norm()) for p in model.parameters()]
for _ in range(3):
    optimizer.zero_grad()
    ((model(x) - y) ** 2).mean().backward()
    print(norm())
    CLIP
    print(norm())
    optimizer.step()
"""
NAMES = ("model.0.weight", "model.0.bias", "model.1.weight", "model.1.bias")


def test_each_parameters_norm_is_told_as_the_backward_left_it_and_as_clipping_did(observed: Observed) -> None:
    told = observed(TRAINING.replace("CLIP", "torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)"))
    lines = [[float(number) for number in line.strip("[]").split(", ")] for line in told.stdout.splitlines()]
    for at, name in enumerate(NAMES):
        assert told.values(f"grad_norm/{name}") == pytest.approx([line[at] for line in lines[0::2]])
        assert told.values(f"grad_norm_clipped/{name}") == pytest.approx([line[at] for line in lines[1::2]])
    assert told.values("grad_norm_clipped") == pytest.approx([0.5] * 3, rel=1e-4)
    assert [step for step, _ in told.curves["grad_norm"]] == [0, 1, 2]


def test_without_clipping_there_are_no_clipped_norms(observed: Observed) -> None:
    told = observed(TRAINING.replace("CLIP", "pass"))
    assert {tag for tag in told.curves if tag.startswith("grad_norm_clipped")} == set()


def test_clipping_by_hand_past_autograd_is_seen(observed: Observed) -> None:
    told = observed(TRAINING.replace("CLIP", "model[0].bias.grad.data.clamp_(-1e-3, 1e-3)"))
    assert "grad_norm_clipped/model.0.bias" in told.curves
    assert "grad_norm_clipped/model.0.weight" not in told.curves


def test_one_backward_outside_of_a_loop_is_no_training(observed: Observed) -> None:
    told = observed("w = torch.ones((), requires_grad=True)\n(w * 2).backward()")
    assert told.curves == {"loss": [(0, 2.0)]}


def test_sparse_gradients_are_left_out(observed: Observed) -> None:
    told = observed(
        "table = torch.nn.Embedding(4, 2, sparse=True)\nfor _ in range(2):\n    table(torch.tensor([1])).sum().backward()"
    )
    assert {tag for tag in told.curves if tag.startswith("grad_norm")} == set()
    assert told.stderr == ""
