"""How many points a loop will give in all: the lengths of the loops around a place, multiplied.

Lengths are noted when a loop begins, of types whose length is known without asking the learner's code.
"""

import operator
from array import array
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, Subset, TensorDataset
from torch.utils.data.dataloader import _SingleProcessDataLoaderIter

from .foresight import Foresight, Place, Span
from .places import position_of

UNKNOWN = -1
MAX_DEPTH = 10
SIZED: tuple[type, ...] = (
    range,
    list,
    tuple,
    dict,
    set,
    frozenset,
    str,
    bytes,
    deque,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
ITERATORS = tuple(map(type, (iter([]), iter(()), iter(range(0)), iter(range(2**70)), iter({}), reversed([]))))
"""Built-in iterators, which know how much is left."""
REDUCIBLE = (enumerate, zip, map)


def length_of(things: Any, depth: int = 0) -> int | None:
    """How often a loop over `things` turns, or None where that is not known or only the learner's code knows."""
    measure = _KNOWN.get(id(type(things)))
    if measure is not None:
        return measure(things, depth + 1) if depth < MAX_DEPTH else None
    if type(things).__module__.startswith("tqdm."):
        return _of_bar(vars(things), depth + 1)
    return None


def _sized(things: Any, _: int) -> int | None:
    return len(things)


def _iterator(things: Any, _: int) -> int | None:
    return operator.length_hint(things)


def _shortest(things: Any, depth: int) -> int | None:
    """An enumerate's, zip's or map's: taking it apart draws nothing from it."""
    _, parts = things.__reduce__()[:2]
    parts = parts[:1] if type(things) is enumerate else parts[1:] if type(things) is map else parts
    lengths = [length for each in parts if (length := length_of(each, depth)) is not None]
    return min(lengths) if parts and len(lengths) == len(parts) else None


def _array(things: Any, _: int) -> int | None:
    return int(things.shape[0]) if things.ndim else None


def _tensor(things: Any, _: int) -> int | None:
    with torch._C.DisableTorchFunction():
        return things.size(0) if things.dim() else None


def _of_bar(bar: dict[str, Any], depth: int) -> int | None:
    """A tqdm bar's: of what it runs over, or what it was told."""
    inner = length_of(bar.get("iterable"), depth)
    total = bar.get("total")
    return total if inner is None and type(total) is int else inner


def _loader(things: Any, depth: int) -> int | None:
    return length_of(things.batch_sampler if things.batch_sampler is not None else things.sampler, depth)


def _batches(things: Any, depth: int) -> int | None:
    count = length_of(things.sampler, depth)
    return count and (count // things.batch_size if things.drop_last else -(-count // things.batch_size))


def _samples(things: Any, depth: int) -> int | None:
    asked = vars(things).get("_num_samples")
    return asked if type(asked) is int else length_of(things.data_source, depth)


def _rows(things: Any, _: int) -> int | None:
    return int(things.tensors[0].shape[0]) if things.tensors else None


_KNOWN: dict[int, Callable[[Any, int], int | None]] = {
    **{id(kind): _sized for kind in SIZED},
    **{id(kind): _iterator for kind in ITERATORS},
    **{id(kind): _shortest for kind in REDUCIBLE},
    id(np.ndarray): _array,
    id(torch.Tensor): _tensor,
    id(DataLoader): _loader,
    id(_SingleProcessDataLoaderIter): lambda things, depth: length_of(things._index_sampler, depth),
    id(BatchSampler): _batches,
    id(RandomSampler): _samples,
    id(SequentialSampler): _samples,
    id(TensorDataset): _rows,
    id(Subset): lambda things, depth: length_of(things.indices, depth),
}
"""By the identity of exact types: looking a type up by itself would ask its own class."""


class Lengths:
    """The loops of one program, as far as they have begun."""

    def __init__(self, foresight: Foresight) -> None:
        self._spans = foresight.spans
        self._noted = array("q", [UNKNOWN] * len(foresight.loops))

    def mark(self) -> Callable[[Any, int], Any]:
        """The mark around what a loop runs over; it gives that back."""
        noted = self._noted

        def loop(things: Any, number: int) -> Any:
            try:
                length = length_of(things)
                noted[number] = UNKNOWN if length is None else length
            except Exception:  # at the recursion limit, or not what its type promises
                noted[number] = UNKNOWN
            return things

        return loop

    def around(self, frames: list[FrameType]) -> tuple[int, bool] | None:
        """How often the innermost frame's place is come to, and whether a loop is around it; None where not known.

        Shapes: frames from the innermost.
        """
        times, in_loop = 1, False
        for frame in reversed(frames):
            for span in self._spans_around(position_of(frame)[0]):
                if span.kind == "maybe" and not in_loop:
                    continue  # it is taken, since the program is there, and once
                length = self._noted[span.loop] if span.loop is not None else UNKNOWN
                if span.kind == "maybe" or length == UNKNOWN:
                    return None
                times, in_loop = times * length, True
        return times, in_loop

    def _spans_around(self, place: Place) -> list[Span]:
        """The loops and branches around a place, outermost first, as far out as its own function reaches."""
        around = sorted((span for span in self._spans if span.start <= place < span.end), key=lambda span: span.start)
        scopes = [at for at, span in enumerate(around) if span.kind == "scope"]
        return around[scopes[-1] + 1 :] if scopes else around
