"""The check of a gradient, of whole programs. The truth is known beforehand: each program's backward is right or wrong."""

import pytest

from app.events import Check, Rerun

from .conftest import Observed

CUSTOM = """class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y = x * x
        return y * x
    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * {factor} * x ** 2
x = torch.randn(3, requires_grad=True)
Cube.apply(x * 2).sum().backward()
"""
NET = """model = torch.nn.Sequential({layers})
optimizer = torch.optim.Adam(model.parameters())
X, y = torch.randn({shape}), torch.tensor([0, 2])
for step in range(12):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(X), y)
    loss.backward()
    optimizer.step()
"""
X = "x = torch.randn(4, requires_grad=True)\n"
RIGHT = {
    "the first example": ("x = torch.tensor(2., requires_grad=True)\ny = x ** 2\nz = y + 3\nz.backward()", 1, "x"),
    "views and writing into them": (
        "x = torch.randn(3, 4, requires_grad=True)\ny = x * 2\ny[0] = x[1].exp()\n"
        "(y.t()[1:] * y.view(4, 3)[1:]).sum().backward()",
        1,
        "x",
    ),
    "changes in place": (X + "y = x * 2\ny.add_(x).mul_(3)\ny[1:3].sigmoid_()\ny.sum().backward()", 1, "x"),
    "what is detached is held fixed": (X + "((x - x.max().detach()).exp() * x.detach()).sum().backward()", 1, "x"),
    "what is made under no_grad is held fixed": (
        X + "y = x * 3\nwith torch.no_grad():\n    m = y.max()\n(y - m).exp().sum().backward()",
        1,
        "x",
    ),
    "a straight-through estimator": (X + "((x.round() - x).detach() + x).pow(2).sum().backward()", 1, "x"),
    "a custom function": (CUSTOM.format(factor=3), 1, "x"),
    "a training with dropout": (
        NET.format(layers="torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Dropout(), torch.nn.Linear(4, 3)", shape="2, 3"),
        10,
        "model.0.weight",
    ),
    "a convolution with batch norm": (
        NET.format(
            layers="torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8, 3)",
            shape="2, 1, 4, 4",
        ),
        3,
        "model.0.weight",
    ),
    "attention": (
        "model = torch.nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)\n"
        "(model(torch.randn(2, 3, 4)) * torch.randn(2, 3, 4)).sum().backward()",
        1,
        "model.self_attn.in_proj_weight",
    ),
    "a second derivative": (X + "g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)\ng.sum().backward()", 2, "x"),
    "autograd.grad": (X + "g, = torch.autograd.grad((x ** 3).sum(), x)", 1, "x"),
    "a second backward over a kept graph": (X + "z = (x ** 3).sum()\nz.backward(retain_graph=True)\nz.backward()", 2, "x"),
    "a graph that reaches over several backwards": (
        X + "h = torch.zeros(4)\nfor _ in range(3):\n    h = torch.tanh(h * x + 1)\n    h.sum().backward(retain_graph=True)",
        3,
        "x",
    ),
    "a leaf changed between backwards": (
        X + "for _ in range(4):\n    (x ** 3).sum().backward()\n    with torch.no_grad():\n        x -= 0.1 * x.grad\n        x.grad.zero_()",
        3,
        "x",
    ),
    "a checkpoint": (
        "from torch.utils.checkpoint import checkpoint\n" + X
        + "checkpoint(lambda v: (v.exp() * v).sin(), x, use_reentrant=False).sum().backward()",
        1,
        "x",
    ),
    "a checkpoint that runs a backward inside": (
        "from torch.utils.checkpoint import checkpoint\n" + X
        + "checkpoint(lambda v: (v.exp() * v).sin(), x, use_reentrant=True).sum().backward()",
        1,
        "x",
    ),
    "a vector of gradients": (X + "x.exp().backward(torch.tensor([1., 2., 3., 4.]))", 1, "x"),
}  # fmt: skip
WRONG = {
    "a custom function with a wrong factor": (
        CUSTOM.format(factor=2),
        "a backward on the way to it is not the derivative",
    ),
    "a hook that changes a gradient": (
        X + "y = x * 2\ny.register_hook(lambda grad: grad * 10)\ny.sum().backward()",
        "a hook of the program changed a gradient",
    ),
    "zero times infinity": (
        "x = torch.tensor([0., 1.], requires_grad=True)\ntorch.where(x > 0, x.sqrt(), 0 * x).sum().backward()",
        "is not finite",
    ),
}
SILENT = {
    "arithmetic in numpy": (
        "class Exp(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n"
        "        return torch.from_numpy(__import__('numpy').exp(x.detach().numpy()))\n"
        "    @staticmethod\n    def backward(ctx, grad):\n        return grad * ctx.saved_tensors[0].exp()\n"
        + X + "Exp.apply(x * 2).sum().backward()",
        "x",
        "ran outside",
    ),
    "complex numbers": (X + "torch.fft.fft(x).abs().pow(2).sum().backward()", "x", "complex64"),
    "a kink": ("x = torch.zeros(2, requires_grad=True)\nx.relu().sum().backward()", "x", "kink"),
    "a root that is no number": (X + "(x * float('nan')).sum().backward()", "x", "NaN or infinity"),
    "no such leaf": (X + "x.exp().sum().backward()", "w", "no leaf named w"),
    "a backward that raises": (
        X + "class No(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, v): return v * 2\n"
        "    @staticmethod\n    def backward(ctx, grad): raise ValueError('no')\nNo.apply(x).sum().backward()",
        "x",
        "raised",
    ),
}  # fmt: skip


def check_of(observed: Observed, source: str, number: int, leaf: str) -> Check:
    told = observed(source, seed=1, rerun=Rerun(backward=number, check=leaf))
    assert told.stderr == ""
    (backward,) = told.backwards
    assert backward.check is not None
    return backward.check


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_agrees(observed: Observed, name: str) -> None:
    check = check_of(observed, *RIGHT[name])
    assert check.agrees is True, check
    assert check.error is not None
    assert check.tolerance is not None
    assert check.error <= check.tolerance
    assert 0 < len(check.places) == len(check.recorded) == len(check.measured) <= 64


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_is_caught(observed: Observed, name: str) -> None:
    source, words = WRONG[name]
    check = check_of(observed, source, 1, "x")
    assert check.agrees is False
    assert words in check.detail


@pytest.mark.parametrize("name", SILENT)
def test_what_cannot_be_checked_says_why(observed: Observed, name: str) -> None:
    source, leaf, words = SILENT[name]
    check = check_of(observed, source, 1, leaf)
    assert (check.agrees, check.places) == (None, ())
    assert words in check.detail


def test_of_a_large_leaf_a_sample_is_checked(observed: Observed) -> None:
    check = check_of(observed, "x = torch.randn(1000, requires_grad=True)\nx.exp().sum().backward()", 1, "x")
    assert (check.agrees, len(check.places), check.places[:2], check.places[-1]) == (True, 64, (0, 15), 984)


def test_elements_at_a_kink_are_left_out_and_told(observed: Observed) -> None:
    check = check_of(observed, "x = torch.tensor([0., 1., -1.], requires_grad=True)\nx.relu().sum().backward()", 1, "x")
    assert (check.agrees, check.places, check.recorded) == (True, (1, 2), (1.0, 0.0))
    assert check.detail.endswith("Elements where the function has a kink were left out: 1.")
