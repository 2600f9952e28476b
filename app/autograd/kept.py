"""The gradients of one backward, read the moment they pass: elements of small ones, figures of the others.

A gradient may be changed in place after it has passed, so elements are read at once, and figures later only where that
is seen not to have happened. Knows nothing of nodes.
"""

import math
from typing import Any

import torch

from ..events import TensorValue
from .values import MANY, flat, nested, value_of

SMALL = 32
"""Elements up to which a gradient's travel one by one."""
MAX_WAITING = 2**14
"""Elements up to which a larger gradient is kept until the backward is over."""
WIDE = {torch.float16: torch.float32, torch.bfloat16: torch.float32}
"""What norms are reckoned in where a dtype's own numbers would not hold them."""
MAX_STACKED = 512
"""Elements up to which several gradients of one size are read at once: of longer rows torch finds bounds slowly."""
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
        self.waits = True
        """Whether larger gradients may wait; not where code of the program's own works on them."""
        self.exceeded = False
        """Whether a small gradient's elements were left out because of the budget."""
        self._left = numbers
        self._few = small
        self._small: list[Kept] = []
        self._larger: dict[int, tuple[Kept, torch.Tensor, int]] = {}
        """By identity: what will be read at the end, the gradient, and its version."""

    def keep(self, tensor: Any) -> Kept:
        """The gradient as it is now. Written for speed, and never raises."""
        try:
            dtype = FLOATS.get(tensor.dtype) if tensor.__class__ is torch.Tensor else None
            count = tensor.numel() if dtype is not None else 0
            if dtype is not None and count <= self._few:
                self._left -= count
                if self._left >= 0:
                    kept = Kept(tensor.shape, dtype, tensor.tolist())
                    self._small.append(kept)
                    return kept
                self.exceeded = True
            elif dtype is not None and count <= MAX_WAITING and self.waits:
                return self._wait(tensor)
        except (RuntimeError, NotImplementedError, TypeError):
            pass  # sparse, on another device, or inside a transform
        return Kept((), "", None, _large(tensor))

    def _wait(self, tensor: torch.Tensor) -> Kept:
        """One that is read at the end, all in a row: one by one, between a node and the next, takes twice as long."""
        was = self._larger.get(id(tensor))
        if was is not None and was[2] == tensor._version:
            return was[0]
        if was is not None:
            return Kept((), "", None, _large(tensor))
        kept = Kept(tensor.shape, "", None)
        self._larger[id(tensor)] = kept, tensor, tensor._version
        return kept

    def release(self, tensor: Any) -> None:
        """Reads a gradient that waits now: a leaf takes as its `.grad` what nobody else holds, and else a copy."""
        was = self._larger.pop(id(tensor), None)
        if was is not None:
            self._tell_larger(*was)

    def settle(self) -> None:
        """Reckons the figures of all gradients that wait: of small ones those of equal size at once."""
        self._settle_larger()
        by_count: dict[int, list[Kept]] = {}
        for kept in self._small:
            by_count.setdefault(math.prod(kept.shape), []).append(kept)
        with torch.no_grad():
            for count, many in by_count.items():
                _reckon(count, many)
        self._small = []

    @staticmethod
    def _tell_larger(kept: Kept, tensor: torch.Tensor, version: int) -> None:
        """One that was changed in place since it passed is not what it was: only its shape is known."""
        same = tensor._version == version
        shape, dtype = tuple(kept.shape), FLOATS[tensor.dtype]
        kept.value = _large(tensor) if same else TensorValue(shape=shape, dtype=dtype)

    def _settle_larger(self) -> None:
        by_kind: dict[tuple[int, torch.dtype], list[tuple[Kept, torch.Tensor]]] = {}
        for kept, tensor, version in self._larger.values():
            if tensor._version == version and tensor.numel() <= MAX_STACKED:
                by_kind.setdefault((tensor.numel(), tensor.dtype), []).append((kept, tensor))
            else:
                self._tell_larger(kept, tensor, version)
        for (_, dtype), many in by_kind.items():
            if len(many) < 3 or dtype not in (torch.float32, torch.float64):
                for kept, tensor in many:
                    kept.value = _large(tensor)
            else:
                _reckon_stacked(FLOATS[dtype], many)
        self._larger.clear()


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
        norm = torch.linalg.vector_norm(tensor, dtype=WIDE.get(tensor.dtype)).item()
        finite = math.isfinite(low) and math.isfinite(high)
        nonfinite = 0 if finite else count - int(torch.isfinite(tensor).sum())
    except (RuntimeError, NotImplementedError, TypeError):
        return value_of(tensor, values=0)
    return TensorValue(shape=tuple(tensor.shape), dtype=dtype, min=low, max=high, norm=norm, nonfinite=nonfinite)


def _reckon_stacked(dtype: str, many: list[tuple[Kept, torch.Tensor]]) -> None:
    """The same of several tensors of one size and dtype, in as many passes as for one."""
    with torch.no_grad():
        rows = torch.stack([tensor.detach().reshape(-1) for _, tensor in many])
        bounds = torch.aminmax(rows, dim=1)
        norms = torch.linalg.vector_norm(rows, dim=1, dtype=torch.float64)
        others = rows.shape[1] - torch.isfinite(rows).sum(1)
    columns = [column.tolist() for column in (*bounds, norms, others)]
    for (kept, tensor), low, high, norm, nonfinite in zip(many, *columns, strict=True):
        shape = tuple(tensor.shape)
        kept.value = TensorValue(shape=shape, dtype=dtype, min=low, max=high, norm=norm, nonfinite=nonfinite)


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
