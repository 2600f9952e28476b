"""Corrections of how a tensor is made: with floats, with requires_grad, with another size."""

import ast

from .edits import Edits, keyword_of, written
from .facts import Facts, Source

FACTORIES = frozenset({
    "tensor", "zeros", "ones", "full", "empty", "rand", "randn", "arange", "linspace", "logspace", "eye", "zeros_like",
    "ones_like", "rand_like", "randn_like", "full_like", "empty_like",
})  # fmt: skip
"""torch's functions that take dtype= and requires_grad=."""
DATA = frozenset({
    "x", "X", "y", "Y", "xs", "ys", "t", "target", "targets", "label", "labels", "data", "inputs", "input", "batch",
    "images",
    "x_train", "y_train", "X_train", "x_data", "y_data", "features", "xb", "yb", "noise", "true_w", "true_b", "mask",
})  # fmt: skip
"""Names that data go by: what a program fits is called otherwise."""


def is_factory(call: ast.Call | None) -> bool:
    """Whether the call is one of torch's that take dtype= and requires_grad=."""
    name = written(call.func) if call is not None else None
    return name is not None and name.rpartition(".")[2] in FACTORIES and name.rpartition(".")[0] in ("torch", "th", "")


def floating(edits: Edits, call: ast.Call) -> Edits:
    """Makes a tensor of floats where it was one of integers."""
    dtype = keyword_of(call, "dtype")
    if dtype is not None:
        prefix = (written(dtype.value) or "torch.").rpartition(".")[0] or "torch"
        return edits.replace(dtype.value, f"{prefix}.float32")
    literals = [node for each in call.args[:1] for node in ast.walk(each) if _is_integer(node)]
    if (written(call.func) or "").endswith("tensor") and literals:
        for literal in literals:
            edits.after(literal, ".")
        return edits
    return edits.argue(call, "dtype=torch.float32") if is_factory(call) else edits


def _is_integer(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def requiring(edits: Edits, source: Source) -> bool:
    """Makes a source require grad where it is made; False where its text does not allow it."""
    call = edits.at(source.spot.span, ast.Call)
    if call is None:
        return False
    flag = keyword_of(call, "requires_grad")
    if flag is not None:
        edits.replace(flag.value, "True")
    elif is_factory(call):
        edits.argue(call, "requires_grad=True")
    else:
        edits.after(call, ".requires_grad_()")
    return True


def require_all(edits: Edits, sources: list[Source]) -> bool:
    """Makes each of some sources require grad; False where one's text does not allow it."""
    return False not in [requiring(edits, each) for each in sources]


def candidates(facts: Facts, behind: frozenset[int]) -> list[Source]:
    """Of the tensors that a result was computed from, those a program would want gradients of."""
    sources = [each for each in facts.sources if each.number in behind and not each.value.requires_grad]
    floats = [each for each in sources if each.value.dtype.startswith(("float", "bfloat", "complex"))]
    meant = [each for each in floats if each.value.name and each.value.name.rpartition(".")[2] not in DATA]
    return meant or (floats if len(floats) == 1 else [])
