"""What modules hold without knowing of it, and what optimizers had when they stepped."""

import torch

from app.child.stepping import LOOKS, Stepping, loose_parts


def module_class(body: str) -> torch.nn.Module:
    """An instance of a module as the learner would write it."""
    top: dict[str, object] = {"torch": torch, "nn": torch.nn, "__name__": "__main__"}
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    exec(f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{lines}net = Net()", top)
    net = top["net"]
    assert isinstance(net, torch.nn.Module)
    return net


def kinds(body: str) -> list[tuple[str, str, int]]:
    net = module_class(body)
    return [(part.kind, part.attribute, len(part.tensors)) for part in loose_parts([net])]


def test_tensors_and_layers_in_plain_attributes_are_loose() -> None:
    assert kinds("self.scale = torch.ones(1, requires_grad=True)") == [("tensor", "scale", 1)]
    assert kinds("self.layers = [nn.Linear(1, 1), nn.Linear(1, 1)]") == [("layers", "layers", 4)]
    assert kinds("self.parts = {'a': nn.Linear(1, 1)}") == [("layers", "parts", 2)]
    assert kinds("self.blocks = [[nn.Linear(1, 1), nn.Tanh()], {'a': nn.Linear(1, 1)}]") == [("layers", "blocks", 4)]
    assert kinds("self.weights = [torch.ones(1, requires_grad=True)]") == [("tensors", "weights", 1)]


def test_what_is_registered_is_not_loose() -> None:
    assert kinds("self.a = nn.Linear(1, 1)\nself.same = [self.a]") == []
    assert kinds("self.b = nn.Parameter(torch.ones(1))\nself.c = nn.ModuleList([nn.Linear(1, 1)])") == []
    assert kinds("self.d = torch.ones(1)") == []


def test_an_optimizers_first_steps_are_looked_at_and_the_others_counted() -> None:
    w = torch.ones(1, requires_grad=True)
    optimizer, stepping = torch.optim.SGD([w]), Stepping()
    for moment in range(6):
        if not stepping.is_known(optimizer):
            stepping.before_step(optimizer, moment, 3)
        w.grad = torch.ones(1)
    (held,) = stepping.optimizers.values()
    assert (held.count, len(held.steps), [step.with_grad for step in held.steps]) == (6, LOOKS, [0, 1, 1, 1])
