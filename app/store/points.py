"""A curve thinned out to what a screen can show: nothing a person would look for is lost. Pure.

Kept are both ends, the least and the greatest of all and of every stretch, and what is not finite: the first of every
kind of it, then as many more as a quarter of the room holds. NumPy is imported where it is needed, so that a process
which draws no curve stays small. Source: https://github.com/predict-idlab/tsdownsample, MinMax.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

LEAST = 12
"""Fewer points than this are never asked of a curve: ends, extremes and what is not finite need them."""


def thin(steps: Sequence[int], values: Sequence[float], most: int) -> tuple[list[int], list[float]]:
    """At most `most` of the points, in their order, but at least twelve where there are as many."""
    kept = places(_floats(values), most)
    return [steps[place] for place in kept], [values[place] for place in kept]


def unpack(
    steps: bytes, values: bytes, start: int | None, end: int | None, most: int
) -> "tuple[list[int], list[float], int]":
    """Stored points with steps from `start` to `end`, thinned out, and how many there were of them."""
    import numpy as np

    all_steps, all_values = np.frombuffer(steps, np.int64), np.frombuffer(values, np.float64)
    if start is not None or end is not None:
        inside = np.ones(len(all_steps), bool)
        inside &= all_steps >= start if start is not None else inside
        inside &= all_steps <= end if end is not None else inside
        all_steps, all_values = all_steps[inside], all_values[inside]
    kept = places(all_values, most)
    return all_steps[kept].tolist(), all_values[kept].tolist(), len(all_steps)


def places(values: "Floats", most: int) -> "Places":
    """Which points stay, rising."""
    import numpy as np

    most = max(most, LEAST)
    if len(values) <= most:
        return np.arange(len(values))
    finite = np.isfinite(values)
    kept = {0, len(values) - 1}
    if not finite.all():
        kept |= _strange(values, finite, most // 4)
    room = most - len(kept)
    numbers = np.flatnonzero(finite)
    if len(numbers) <= room:
        return np.union1d(numbers, sorted(kept))
    return np.union1d(numbers[_extremes(values[numbers], room)], sorted(kept))


def _extremes(values: "Floats", most: int) -> "Places":
    """The least and the greatest of all, and those of every stretch."""
    import numpy as np
    from tsdownsample import MinMaxDownsampler

    ends = np.array([values.argmin(), values.argmax()])
    size = (most - 2) // 2 * 2
    if not size:
        return ends
    thinner = MinMaxDownsampler()  # type: ignore[no-untyped-call]  # the package leaves it open
    return np.union1d(ends, thinner.downsample(values, n_out=size).astype(np.intp))


def _strange(values: "Floats", finite: "NDArray[np.bool_]", most: int) -> set[int]:
    """At most `most` of the points that are not finite: the first of each kind, those where a run of them begins."""
    import numpy as np

    places = np.flatnonzero(~finite)
    kinds = np.where(np.isnan(values[places]), 0.0, np.sign(values[places]))
    firsts = {int(places[np.argmax(kinds == kind)]) for kind in np.unique(kinds)}
    begins = places[np.flatnonzero((np.diff(places, prepend=-2) > 1) | (np.diff(kinds, prepend=9.0) != 0))]
    chosen = places if len(places) <= most else begins
    room = max(0, most - len(firsts))
    spread = chosen[np.linspace(0, len(chosen) - 1, min(room, len(chosen))).astype(int)]
    return firsts | set(spread.tolist())


def _floats(values: Sequence[float]) -> "Floats":
    import numpy as np

    return np.asarray(values, np.float64)
