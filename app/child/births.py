"""Where a number first was none on the way forward: the oldest node whose saved operands or result explain it.

Looked at once, when a backward begins at a number that is none: then the tensors are still there, of whatever size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ..autograd import held
from .readings import no_modes

MAX_READ = 2_000
LARGEST = 2**24
"""Elements up to which a saved tensor is searched."""
LIMITS: dict[str, tuple[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "LogBackward0": ("logarithm", lambda x: x <= 0),
    "Log2Backward0": ("logarithm", lambda x: x <= 0),
    "Log10Backward0": ("logarithm", lambda x: x <= 0),
    "Log1PBackward0": ("logarithm of one more than", lambda x: x <= -1),
    "AsinBackward0": ("arc", lambda x: x.abs() > 1),
    "AcosBackward0": ("arc", lambda x: x.abs() > 1),
    "AcoshBackward0": ("arc", lambda x: x < 1),
    "AtanhBackward0": ("arc", lambda x: x.abs() >= 1),
}
"""Nodes that saved their operand: what is wrong with it, and where."""
MADE: dict[str, tuple[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "SqrtBackward0": ("root", torch.isnan),
    "RsqrtBackward0": ("root", lambda x: ~torch.isfinite(x)),
    "ReciprocalBackward0": ("division", lambda x: ~torch.isfinite(x)),
    "ExpBackward0": ("exponential", torch.isinf),
}
"""Nodes that saved their result: what it tells of their operand, and where."""
MASKS = frozenset({"MaskedFillBackward0", "WhereBackward0"})


@dataclass(frozen=True, slots=True)
class Born:
    """The node, by name and autograd's number, and what happened there; `operand` is the number it happened to."""

    node: str
    number: int
    kind: str
    operand: float | None = None


def birth_in(order: Sequence[Any]) -> Born | None:
    """The oldest of these nodes that was given finite numbers and made others; None where none is known to have."""
    numbered = [(number, node) for node in order[:MAX_READ] if (number := int(node._sequence_nr())) < 2**63]
    with torch.no_grad(), torch._C.DisableTorchFunction(), no_modes():
        for number, node in sorted(numbered, key=lambda pair: pair[0]):
            found = _wrong(node)
            if found is not None:
                return Born(type(node).__name__, number, *found)
    return None


def _wrong(node: Any) -> tuple[str, float | None] | None:
    name = type(node).__name__
    try:
        if name in LIMITS:
            kind, outside = LIMITS[name]
            return _first(_saved(node, "self"), kind, outside)
        if name in MADE:
            kind, is_none = MADE[name]
            found = _first(_saved(node, "result"), kind, is_none)
            return found and (found[0], None)
        if name == "DivBackward0":
            return _first(_saved(node, "other"), "division", lambda x: x == 0)
        if name == "PowBackward0":
            return _power(_saved(node, "self"), float(node._saved_exponent))
        if name == "SoftmaxBackward0" and type(node.next_functions[0][0]).__name__ in MASKS:
            found = _first(_saved(node, "result"), "softmax", torch.isnan)
            return found and (found[0], None)
    except (RuntimeError, NotImplementedError, TypeError):
        pass  # sparse, of another device, or what a transform made
    return None


def _power(base: torch.Tensor | None, exponent: float) -> tuple[str, float | None] | None:
    if exponent < 0:
        found = _first(base, "division", lambda x: x == 0)
        if found is not None:
            return found
    return None if exponent.is_integer() else _first(base, "root", lambda x: x < 0)


def _saved(node: Any, name: str) -> torch.Tensor | None:
    tensors = held(node, name)
    return tensors[0] if tensors and tensors[0].numel() <= LARGEST else None


def _first(
    tensor: torch.Tensor | None, kind: str, wrong: Callable[[torch.Tensor], torch.Tensor]
) -> tuple[str, float | None] | None:
    """The first number that is wrong."""
    if tensor is None or tensor.is_complex():
        return None
    found = tensor.detach()[wrong(tensor.detach())]
    return (kind, float(found.reshape(-1)[0])) if found.numel() else None
