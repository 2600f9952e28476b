"""Whether an operation cut the path to a leaf, and how: the objects decide, the text only gives the words."""

from collections.abc import Sequence

import torch

from .glimpses import Glimpse
from .operands import Operand, Operation

NEW = frozenset({
    "zeros", "ones", "empty", "full", "rand", "randn", "randint", "arange", "linspace", "eye", "shape", "size",
    "parameters", "load", "stride", "dropout", "deepcopy", "copy",
})  # fmt: skip
"""What makes a tensor that does not depend on the values it is given, or a copy that was asked for."""
KNOWN = {
    "detach": "detach", "detach_": "detach", "data": "data", "item": "item", "float": "item", "tolist": "tolist",
    "numpy": "numpy", "asarray": "numpy", "array": "numpy", "tensor": "tensor", "as_tensor": "tensor",
    "from_numpy": "tensor", "Tensor": "tensor", "FloatTensor": "tensor", "Parameter": "parameter", "Variable": "tensor",
}  # fmt: skip
CASTS = frozenset({"long", "int", "short", "byte", "char", "bool", "to", "type", "type_as"})


class Switch:
    """Whether autograd records, and at which mark it was first seen not to."""

    def __init__(self) -> None:
        self.site: int | None = None
        self.words = ""

    def look(self, site: int, operation: Operation) -> None:
        """Looks at the switch when a mark runs."""
        if torch.is_grad_enabled():
            self.site = None
        elif self.site is None:
            self.site, self.words = site, operation.words


def cut_kind(
    operation: Operation, made: Glimpse, inputs: Sequence[tuple[Operand, Glimpse]], records: bool
) -> str | None:
    """How the operation cut the path to what its operands were computed from; None where it did not.

    `made` is its result. A new leaf that requires grad is a cut too: nothing leads on from there.
    """
    if not any(each.requires_grad for _, each in inputs):
        return None
    words = operation.words
    if words in NEW or words.endswith("_like") or words.startswith("new_"):
        return None
    called = next((operand.called for operand, each in inputs if each.requires_grad and operand.called), None)
    if made.kind in ("number", "array"):
        tensors = any(each.requires_grad and each.kind == "tensor" for _, each in inputs)
        known = KNOWN.get(words, KNOWN.get(called or ""))
        of_math = made.kind == "number" and (operation.dotted or "").startswith("math.")
        return (known or ("item" if of_math else None)) if tensors else None
    if made.kind != "tensor":
        return None
    if made.requires_grad:
        kind = KNOWN.get(words)
        return kind if made.is_leaf and kind in ("tensor", "parameter") else None
    if words in KNOWN:
        return KNOWN[words]
    if not made.dtype.startswith(("float", "bfloat", "complex")):
        return _of_integers(operation, made)
    return "other" if records else "no_grad"


def _of_integers(operation: Operation, made: Glimpse) -> str:
    if operation.kind == "compare" or made.dtype == "bool":
        return "comparison"
    return "integer" if operation.words in CASTS else "position"
