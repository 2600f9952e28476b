"""In a notebook nobody watched the forward pass: what a module made is told by the parameters that were used."""

import torch
from torch import nn

from app.autograd import Unwatched, graph_of, read, scan, walk


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.value = nn.Linear(4, 4), nn.Linear(4, 4)
        self.out = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.softmax(self.query(x), -1) * self.value(x))  # type: ignore[no-any-return]


def modules_of(loss: torch.Tensor, model: nn.Module) -> list[tuple[str, str | None]]:
    """Each node but the leaves and their views, and the module it is told to stand in, in the forward pass's order."""
    walked = walk([loss.grad_fn])
    reading = read(walked, scan([("", {"model": model})]), Unwatched(walked, {"model": model}))
    graph = graph_of(reading, index=0, reason="final", line=None)
    nodes = sorted(
        (node for node in graph.nodes if node.sequence_nr is not None), key=lambda node: node.sequence_nr or 0
    )
    return [(node.name, node.module) for node in nodes if node.name != "TBackward0"]


def test_a_node_stands_in_the_module_whose_parameter_it_uses_or_between_two_of_one() -> None:
    model = Block()
    assert modules_of(model(torch.ones(2, 4)).sum(), model) == [
        ("AddmmBackward0", "model.query"),
        ("SoftmaxBackward0", "model"),
        ("AddmmBackward0", "model.value"),
        ("MulBackward0", "model"),
        ("AddmmBackward0", "model.out"),
        ("SumBackward0", None),
    ]


def test_blocks_of_a_list_are_told_apart() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))
    assert modules_of(model(torch.ones(2, 4)).sum(), model) == [
        ("AddmmBackward0", "model.0"),
        ("TanhBackward0", "model"),
        ("AddmmBackward0", "model.2"),
        ("SumBackward0", None),
    ]


def test_without_modules_nothing_is_told() -> None:
    x = torch.ones(2, requires_grad=True)
    assert modules_of(x.exp().sum(), nn.Tanh()) == [("ExpBackward0", None), ("SumBackward0", None)]
