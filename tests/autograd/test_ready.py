"""Which node the engine does next. The oracle is the order in which torch's own hooks are called."""

import torch

from app.autograd import walk
from app.autograd.ready import next_in_line


def test_the_order_told_step_by_step_is_the_engines() -> None:
    x = torch.tensor(0.5, requires_grad=True)
    a, b = x.sin(), x.exp()
    root = (a * b + a.cos()) * x
    walked = walk([root.grad_fn])
    seen: list[int] = []
    handles = [node.register_hook(lambda *_, at=at: seen.append(at)) for at, node in enumerate(walked.order)]
    root.backward()
    for handle in handles:
        handle.remove()
    told: list[int] = []
    while (node := next_in_line(walked, told, None)) is not None:
        told.append(node)
    assert told == seen


def test_only_what_leads_to_a_target_is_done() -> None:
    x, y = (torch.tensor(0.5, requires_grad=True) for _ in "xy")
    root = x.sin() * y.cos()
    walked = walk([root.grad_fn])
    names = walked.names()
    assert next_in_line(walked, [0], [walked.order[names.index("CosBackward0")]]) == names.index("CosBackward0")
