"""The gradients of one backward, read the moment they pass: elements of small ones, figures of the others.

A gradient may be changed in place after it has passed, so nothing is read later; a small one's figures follow from its
elements, and those of all small ones are reckoned at once. Knows nothing of nodes.
"""

import math
from typing import Any

import torch

from ..events import TensorValue
from .values import MANY, flat, nested, value_of

SMALL = 32
"""Elements up to which a gradient's travel one by one."""
FLOATS = {
    kind: str(kind).removeprefix("torch.") for kind in (torch.float32, torch.float64, torch.float16, torch.bfloat16)
}


class Kept:
    """One gradient that passed. `value` is what is told of it, once `Keeper.settle` was called."""

    __slots__ = ("data", "dtype", "shape", "value")

    def __init__(self, shape: tuple[int, ...], dtype: str, data: Any, value: TensorValue | None = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.data = data
        self.value = value


class Keeper:
    """Reads gradients: elements of those with at most `small`, and past `numbers` elements in all figures alone."""

    def __init__(self, numbers: int, small: int = SMALL) -> None:
        self.exceeded = False
        """Whether a small gradient's elements were left out because of the budget."""
        self._left = numbers
        self._few = small
        self._small: list[Kept] = []

    def keep(self, tensor: Any) -> Kept:
        """The gradient as it is now. Written for speed, and never raises."""
        try:
            if tensor.__class__ is torch.Tensor:
                count, dtype = tensor.numel(), FLOATS.get(tensor.dtype)
                if count <= self._few and dtype is not None:
                    self._left -= count
                    if self._left >= 0:
                        kept = Kept(tensor.shape, dtype, tensor.tolist())
                        self._small.append(kept)
                        return kept
                    self.exceeded = True
        except (RuntimeError, NotImplementedError, TypeError):
            pass  # sparse, on another device, or inside a transform
        return Kept((), "", None, _large(tensor))

    def settle(self) -> None:
        """Reckons the figures of all small gradients: those of equal size at once."""
        by_count: dict[int, list[Kept]] = {}
        for kept in self._small:
            by_count.setdefault(math.prod(kept.shape), []).append(kept)
        with torch.no_grad():
            for count, many in by_count.items():
                _reckon(count, many)
        self._small = []


def _large(tensor: torch.Tensor) -> TensorValue:
    """The figures that say how a gradient is, of one with many elements, in two passes."""
    dtype, count = FLOATS.get(tensor.dtype), tensor.numel()
    plain = tensor.__class__ is torch.Tensor and tensor.layout == torch.strided and tensor.device.type == "cpu"
    if dtype is None or not plain or not 0 < count <= MANY:
        return value_of(tensor, values=0)
    try:
        if tensor.requires_grad:
            tensor = tensor.detach()
        low, high = (bound.item() for bound in torch.aminmax(tensor))
        norm = torch.linalg.vector_norm(tensor, dtype=torch.float64).item()
        finite = math.isfinite(low) and math.isfinite(high)
        nonfinite = 0 if finite else count - int(torch.isfinite(tensor).sum())
    except (RuntimeError, NotImplementedError, TypeError):
        return value_of(tensor, values=0)
    return TensorValue(shape=tuple(tensor.shape), dtype=dtype, min=low, max=high, norm=norm, nonfinite=nonfinite)


def _reckon(count: int, many: list[Kept]) -> None:
    if not count:
        for kept in many:
            kept.value = TensorValue(shape=tuple(kept.shape), dtype=kept.dtype, data=nested(kept.data), nonfinite=0)
        return
    rows = torch.tensor([_row(kept) for kept in many], dtype=torch.float64, device="cpu")
    bounds = torch.aminmax(rows, dim=1)
    spreads, means = torch.std_mean(rows, dim=1, correction=min(1, count - 1))
    norms = torch.linalg.vector_norm(rows, dim=1)
    others = count - torch.isfinite(rows).sum(1)
    columns = [column.tolist() for column in (*bounds, means, spreads, norms, others)]
    for kept, low, high, mean, spread, norm, nonfinite in zip(many, *columns, strict=True):
        kept.value = TensorValue(
            shape=tuple(kept.shape),
            dtype=kept.dtype,
            data=_tuples(kept),
            min=low,
            max=high,
            mean=mean,
            std=spread if count > 1 else None,
            norm=norm,
            nonfinite=nonfinite,
        )


def _row(kept: Kept) -> Any:
    return kept.data if len(kept.shape) == 1 else flat(kept.data)


def _tuples(kept: Kept) -> Any:
    axes = len(kept.shape)
    return kept.data if not axes else tuple(kept.data) if axes == 1 else nested(kept.data)
