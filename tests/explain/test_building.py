"""Modules, optimizers and Functions put together wrongly."""

import pytest

from app.explain import find_mistakes
from app.explain.facts import Facts

from .given import raised, spot


@pytest.mark.parametrize(
    ("source", "text", "words", "id", "corrected"),
    [
        (
            "y = Square()(x)",
            "Square()(x)",
            "Legacy autograd function with non-static forward method is deprecated.",
            "custom-function-called-directly",
            "y = Square.apply(x)",
        ),
        (
            "class N:\n    def __init__(self):\n        self.a = nn.Linear(1, 1)\n",
            "self.a",
            "cannot assign module before Module.__init__() call",
            "missing-super-init",
            "class N:\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(1, 1)\n",
        ),
        (
            "net.weight = torch.zeros(2)",
            "net.weight",
            "cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected)",
            "parameter-assigned-tensor",
            "net.weight = torch.nn.Parameter(torch.zeros(2))",
        ),
        (
            "class N:\n    def f(self):\n        self.l = [nn.Linear(1, 1)]\nSGD(n.parameters())\n",
            "SGD(n.parameters())",
            "optimizer got an empty parameter list",
            "unregistered-layers",
            "class N:\n    def f(self):\n        self.l = torch.nn.ModuleList([nn.Linear(1, 1)])\nSGD(n.parameters())\n",
        ),
        ("SGD([w])", "SGD([w])", "can't optimize a non-leaf Tensor", "optimizer-nonleaf", None),
        (
            "F.apply(x).backward()",
            "F.apply(x).backward()",
            "function FBackward returned an incorrect number of gradients (expected 2, got 1)",
            "custom-function-grad-count",
            None,
        ),
        (
            "F.apply(x).backward()",
            "F.apply(x).backward()",
            "Function FBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]",
            "custom-function-grad-shape",
            None,
        ),
    ],
)
def test_each_is_put_right(source: str, text: str, words: str, id: str, corrected: str | None) -> None:
    (found,) = find_mistakes(Facts(source, trouble=raised(words, spot(source, text))))
    assert (found.id, found.fixed_source) == (id, corrected)
