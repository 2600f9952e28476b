"""A tensor -> what it holds: its elements where there are few, exact statistics where they can be read in time.

Reading changes nothing: no gradient is recorded, no version raised, no random number drawn, no warning caused.
"""

import math
from typing import Any

import torch

from ..events import MAX_VALUES, TensorValue

MAX_STATISTICS = 2**28
"""Elements up to which statistics are computed; reading more would take longer than a learner waits."""
PIECE = 2**20
MANY = 2**23
"""Elements up to which norm and spread are computed too."""
SMALL = 32
"""Elements up to which plain Python arithmetic beats a handful of torch operations."""

Figures = dict[str, Any]
BASE: Any = torch._C.TensorBase
"""Where torch's own attributes are read: a subclass may say something else of its shape, or of being a leaf."""


def dtype_name(tensor: torch.Tensor) -> str:
    """The dtype as the field writes it: `float32`, not `torch.float32`."""
    return str(BASE.dtype.__get__(tensor)).removeprefix("torch.")


def value_of(tensor: torch.Tensor, *, values: int = MAX_VALUES, statistics: int = MAX_STATISTICS) -> TensorValue:
    """What `tensor` holds; its elements one by one only where there are at most `values` of them.

    Of more than so many for `statistics` the shape and the dtype alone.
    """
    shape, dtype = tuple(BASE.shape.__get__(tensor)), dtype_name(tensor)
    try:
        with torch.no_grad(), torch._C.DisableTorchFunction():
            # A subclass with a dispatch of its own: reading it would run the learner's code.
            plain = type(tensor).__torch_dispatch__ is torch.Tensor.__torch_dispatch__
            figures = _figures(tensor.detach(), values) if plain and tensor.numel() <= statistics else {}
            return TensorValue(shape=shape, dtype=dtype, **figures)
    except (RuntimeError, NotImplementedError, TypeError, ValueError):
        # Sparse layouts, transforms and fake devices refuse some reads; the shape and dtype still tell something.
        return TensorValue(shape=shape, dtype=dtype)


def _figures(tensor: torch.Tensor, values: int) -> Figures:
    if tensor.device.type != "cpu" or tensor.is_quantized or tensor.is_nested:
        return {}
    if tensor.layout != torch.strided:
        return _sparse(tensor, values)
    count = tensor.numel()
    if count > MAX_STATISTICS or count > 4 * tensor.untyped_storage().nbytes():
        return {}
    if tensor.is_complex():
        return _complex(tensor, values)
    if count > min(values, MAX_VALUES) or count > SMALL:
        data = nested(tensor.tolist()) if count <= values else None
        return {"data": data, **_statistics(tensor)}
    data = tensor.tolist()
    return {"data": nested(data), **_small_statistics(flat(data))}


def _sparse(tensor: torch.Tensor, values: int) -> Figures:
    """A small tensor as its dense self; of a large one what its stored values and the zeros between them say."""
    if tensor.numel() <= values:
        return _figures(tensor.to_dense(), values)
    stored = tensor.coalesce()._values() if tensor.layout == torch.sparse_coo else tensor.values()
    figures = _statistics(stored)
    if stored.numel() < tensor.numel() and "mean" in figures:
        share = stored.numel() / tensor.numel()
        low, high = _least(figures["min"], 0.0), -_least(-figures["max"], -0.0)
        figures |= {"min": low, "max": high, "mean": figures["mean"] * share, "std": None}
    return figures


def nested(data: Any) -> Any:
    """Nested lists as nested tuples; whole numbers that a browser could not hold exactly become text."""
    if data.__class__ is list:
        return tuple(map(nested, data))
    return str(data) if data.__class__ is int and abs(data) > 2**53 else data


def flat(data: Any) -> list[Any]:
    """All numbers of nested lists, in order."""
    if data.__class__ is not list:
        return [data]
    while data and data[0].__class__ is list:
        data = [item for row in data for item in row]
    return list(data)


def _small_statistics(numbers: list[Any]) -> Figures:
    if not numbers:
        return {"nonfinite": 0}
    floats = [float(number) for number in numbers]
    nonfinite = sum(not math.isfinite(number) for number in floats)
    if nonfinite:
        return _statistics(torch.as_tensor(floats, dtype=torch.float64, device="cpu"))
    mean = math.fsum(floats) / len(floats)
    spread = math.sqrt(math.fsum((number - mean) ** 2 for number in floats) / (len(floats) - 1)) if floats[1:] else None
    norm = math.hypot(*floats)
    return {"min": min(floats), "max": max(floats), "mean": mean, "std": spread, "norm": norm, "nonfinite": 0}


def _statistics(tensor: torch.Tensor) -> Figures:
    """Figures over all elements, in float64, a piece at a time: a whole copy could be more than there is memory for."""
    if not tensor.numel():
        return {"nonfinite": 0}
    if not tensor.is_floating_point():
        return _integer_statistics(tensor)
    if tensor.numel() > MANY:
        return _quick_statistics(tensor)
    low, high, total, norm, nonfinite = math.inf, -math.inf, 0.0, 0.0, 0
    count, mean, spread = 0, 0.0, 0.0
    for piece in tensor.reshape(-1).split(PIECE):
        part = piece.to(torch.float64, copy=True)
        size, part_total = part.numel(), float(part.sum())
        part_low, part_high = (float(bound) for bound in torch.aminmax(piece))
        part_mean = part_total / size
        low, high = _least(low, part_low), -_least(-high, -part_high)
        norm = math.hypot(norm, float(torch.linalg.vector_norm(part)))
        nonfinite += 0 if math.isfinite(part_total) else size - int(torch.isfinite(part).sum())
        # Means and spreads of two parts are joined as in Chan, Golub and LeVeque, "Updating formulae", 1979.
        shift = part_mean - mean
        part.sub_(part_mean)
        spread += float(part.dot(part)) + shift * shift * count * size / (count + size)
        count, total = count + size, total + part_total
        mean = total / count
    std = math.sqrt(spread / (count - 1)) if count > 1 else None
    return {"min": low, "max": high, "mean": mean, "std": std, "norm": norm, "nonfinite": nonfinite}


def _quick_statistics(tensor: torch.Tensor) -> Figures:
    """The figures that one pass over each piece gives, for a tensor so large that more would be felt."""
    low, high, total = math.inf, -math.inf, 0.0
    for piece in tensor.reshape(-1).split(PIECE):
        part_low, part_high = (float(bound) for bound in torch.aminmax(piece))
        low, high = _least(low, part_low), -_least(-high, -part_high)
        total += float(piece.sum(dtype=torch.float64))
    nonfinite = 0 if math.isfinite(total) else None
    return {"min": low, "max": high, "mean": total / tensor.numel(), "nonfinite": nonfinite}


def _least(one: float, other: float) -> float:
    """The smaller of two numbers; NaN where one is, as torch has it."""
    return one if math.isnan(one) or one <= other else other


def _integer_statistics(tensor: torch.Tensor) -> Figures:
    count = tensor.numel()
    bounds = (tensor.any(), tensor.any()) if tensor.dtype == torch.bool else torch.aminmax(tensor)
    low, high = (float(bound) for bound in bounds)
    if tensor.dtype == torch.bool:
        low = float(tensor.all())
    return {"min": low, "max": high, "mean": float(tensor.sum(dtype=torch.float64)) / count, "nonfinite": 0}


def _complex(tensor: torch.Tensor, values: int) -> Figures:
    """Complex numbers have no order, so only their norm; the elements travel as text, as Python writes them."""
    count = tensor.numel()
    data = None
    if count <= min(values, MAX_VALUES):
        data = _texts(tensor.resolve_conj().tolist())
    norm = float(torch.linalg.vector_norm(tensor)) if count else None
    nonfinite = count - int(torch.isfinite(tensor).sum())
    return {"data": data, "norm": norm, "nonfinite": nonfinite}


def _texts(data: Any) -> Any:
    return tuple(map(_texts, data)) if data.__class__ is list else str(data)
