"""Learning rates, one curve for each group of each optimizer."""

from .conftest import Observed

ONE = "w = torch.ones((), requires_grad=True)\nv = torch.ones((), requires_grad=True)\n"


def test_a_schedulers_rates_are_those_of_the_steps(observed: Observed) -> None:
    told = observed(
        ONE + "optimizer = torch.optim.SGD([w], lr=1.0)\n"
        "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)\n"
        "for _ in range(3):\n    (w * 2).backward()\n    optimizer.step()\n    scheduler.step()"
    )
    assert told.curves["lr"] == [(0, 1.0), (1, 0.5), (2, 0.25)]


def test_each_group_has_its_rate(observed: Observed) -> None:
    told = observed(
        ONE + "optimizer = torch.optim.SGD([{'params': [w]}, {'params': [v], 'lr': 0.5}], lr=0.25)\n"
        "for _ in range(2):\n    (w * v).backward()\n    optimizer.step()"
    )
    assert (told.values("lr"), told.values("lr/group1")) == ([0.25, 0.25], [0.5, 0.5])


def test_steps_without_a_backward_count_by_themselves(observed: Observed) -> None:
    told = observed(
        ONE + "w.grad = torch.ones(())\noptimizer = torch.optim.SGD([w], lr=torch.tensor(0.5))\n"
        "for _ in range(2):\n    optimizer.step()"
    )
    assert told.curves == {"lr": [(0, 0.5), (1, 0.5)]}


def test_an_optimizer_of_the_learners_own_is_watched_and_not_kept_alive(observed: Observed) -> None:
    told = observed(
        ONE + "import gc, weakref\n"
        "class Mine(torch.optim.Optimizer):\n"
        "    def __init__(self, params): super().__init__(params, {'lr': 0.5})\n"
        "    def step(self, closure=None): pass\n"
        "def train():\n"
        "    mine = Mine([w])\n    mine.step()\n    return weakref.ref(mine)\n"
        "gone = train()\ngc.collect()\nprint(gone())"
    )
    assert (told.stdout, told.curves) == ("None\n", {"lr": [(0, 0.5)]})
