"""What backwards found and left, each in a program of its own."""

import pytest

from app.events import Mistake

from .conftest import Observed

W = "w = torch.tensor([1., 2.], requires_grad=True)\n"
OPTIMIZER = "net = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nx = torch.ones(2, 1)\n"
PILING = {
    "used and added to": W
    + "for i in range(3):\n    (w ** 2).sum().backward()\n    w.data\n    with torch.no_grad():\n        w -= 0.1 * w.grad",
    "an optimizer that never clears": OPTIMIZER + "for i in range(3):\n    net(x).sum().backward()\n    opt.step()",
    "clipped, but not cleared": OPTIMIZER
    + "for i in range(3):\n    net(x).sum().backward()\n    torch.nn.utils.clip_grad_norm_(net.parameters(), .1)\n    opt.step()",
}
CLEARED = {
    "set to None": W + "for i in range(3):\n    w.grad = None\n    (w ** 2).sum().backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad",
    "zeroed": W + "for i in range(3):\n    (w ** 2).sum().backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n        w.grad.zero_()",
    "zeroed past the version counter": W + "for i in range(3):\n    (w ** 2).sum().backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n    w.grad.data.zero_()",
    "kept in part on purpose": W + "for i in range(3):\n    (w ** 2).sum().backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n        w.grad *= 0.9",
    "used once": OPTIMIZER + "for i in range(3):\n    net(x).sum().backward()\nopt.step()",
}  # fmt: skip


@pytest.mark.parametrize("case", PILING)
def test_gradients_that_are_used_and_added_to_are_noticed(observed: Observed, case: str) -> None:
    assert [mistake.id for mistake in observed(PILING[case]).all(Mistake)] == ["no-zero-grad"]


@pytest.mark.parametrize("case", CLEARED)
def test_gradients_that_are_cleared_are_fine(observed: Observed, case: str) -> None:
    assert observed(CLEARED[case]).all(Mistake) == []


def test_what_a_failing_backward_freed_itself_is_not_what_it_met(observed: Observed) -> None:
    told = observed(W + "h = w ** 2\na = h.sum()\nb = h.exp().log().sum()\na.backward()\nb.backward()")
    (found,) = told.all(Mistake)
    assert (found.line, found.variable) == (5, "h")
    assert "PowBackward0" in found.explanation


def test_a_graph_freed_long_ago_in_a_loop_is_still_explained(observed: Observed) -> None:
    told = observed(
        W + "kept = None\nfor i in range(60):\n    loss = (w ** 2).sum()\n    if kept is None:\n        kept = w ** 3\n"
        "    w.grad = None\n    loss.backward()\nkept.sum().backward()\nkept.sum().backward()"
    )
    assert [mistake.id for mistake in told.all(Mistake)] == ["two-losses-shared-graph"]
