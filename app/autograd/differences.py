"""A tape done again with one element of a leaf moved a little: finite differences, beside the recorded gradient.

Knows nothing of names or sentences.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import torch

from .redoing import Redoing, Start, Unrepeatable
from .tape import Tape

MAX_PLACES = 64
STEP = 1e-6
KINK = 1e-2
"""How far the differences to both sides may be apart, relative to the larger, before the place is called a kink."""
WIDER, CURVED = 10.0, 3.0
"""How much wider the steps are that a bend is seen in again, and how much it grows at least where it is a curve's."""
TOLERANCE = {torch.float64: 1e-6, torch.float32: 2e-3, torch.float16: 3e-2, torch.bfloat16: 1e-1}
"""Relative to the largest element of the gradient."""
LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The gradient at some elements of the leaf, by differences.

    `kinks` are those where both sides disagree, or one is no number; `size` is how large the numbers
    are that the roots are made of.
    """

    places: tuple[int, ...]
    values: tuple[float, ...]
    kinks: tuple[int, ...]
    size: float


def measure(tape: Tape, starts: Sequence[Start], leaf: torch.Tensor, first: int) -> Measured:
    """Central differences of the roots by elements of the leaf. `first` is the least number of the graph's nodes.

    Raises: Unrepeatable.
    """
    if tape.trouble is not None:
        raise Unrepeatable(tape.trouble)
    replay = Redoing(tape.entries, first, starts, leaf)
    base = replay.run(None, 0.0)
    if not math.isfinite(base):
        raise Unrepeatable("nonfinite")
    replay.compare()
    count = leaf.numel()
    places = range(count) if count <= MAX_PLACES else [at * count // MAX_PLACES for at in range(MAX_PLACES)]
    measured: list[tuple[int, float]] = []
    kinks: list[int] = []
    ends = monotonic() + LIMIT_S
    flat = leaf.detach().reshape(-1)
    for at in places:
        step = STEP * max(1.0, abs(float(flat[at])))
        above, below = replay.run(at, step), replay.run(at, -step)
        value = (above - below) / (2 * step)
        if not math.isfinite(value) or _is_kink(replay, at, step, (below, base, above)):
            kinks.append(at)
        else:
            measured.append((at, value))
        if monotonic() > ends:
            break
    size = sum(float((start.value * start.seed).abs().sum()) for start in starts)
    return Measured(tuple(at for at, _ in measured), tuple(value for _, value in measured), tuple(kinks), size)


def _is_kink(replay: Redoing, at: int, step: float, around: tuple[float, float, float]) -> bool:
    """Whether both sides rise differently, and as much so in wider steps: a curve bends more there, a kink does not."""
    below, base, above = around
    right, left = (above - base) / step, (base - below) / step
    bend = abs(right - left)
    if bend <= KINK * max(abs(right), abs(left)) + 1e-6 * max(1.0, abs(base)):
        return False
    wide = WIDER * step
    return abs(replay.run(at, wide) + replay.run(at, -wide) - 2 * base) / wide < bend * CURVED


def compare(recorded: Sequence[float], measured: Measured, dtype: torch.dtype) -> tuple[float, float, bool]:
    """The largest difference, what is allowed, and whether it is kept to; NaN against a number never is."""
    both = [*zip(recorded, measured.values, strict=True)]
    scale = max((abs(each) for pair in both for each in pair if math.isfinite(each)), default=0.0)
    # A gradient far smaller than the numbers it is made of is nothing but their rounding.
    tolerance = TOLERANCE[dtype] * scale + 16 * torch.finfo(dtype).eps * measured.size + 1e-9
    differences = [0.0 if _same(one, other) else abs(one - other) for one, other in both]
    error = math.nan if any(map(math.isnan, differences)) else max(differences, default=0.0)
    return error, tolerance, error <= tolerance


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
