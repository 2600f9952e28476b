"""All that is read of a walk's nodes at once: their columns, where they come from, their groups.

What is told of them, in a graph event and in a record, is made of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any

import numpy as np
import torch

from ..grouping.borders import Key
from ..grouping.groups import Tree, Wires, grouped
from ..grouping.origins import Origins
from ..grouping.prints import Numbers
from .names import Found, Names, grad_fn_of
from .places import Places
from .walk import Walk

NO_SEQUENCE_NR = 2**64 - 1
ACCUMULATES: Any = getattr(torch._C._functions, "AccumulateGrad")  # noqa: B009  # torch's stubs lack it
Shape = tuple[int, ...]
UNKNOWN: tuple[None, None] = None, None


@dataclass(slots=True)
class Reading:
    """What was read of one graph. `made` tells which named tensor a node made; of several outputs the first."""

    walked: Walk
    names: Names
    places: Places
    wires: Wires
    origins: Origins
    tree: Tree
    made: dict[int, Found]
    _outputs: dict[Key, tuple[Shape | None, str | None]] = field(default_factory=dict)

    def output(self, node: int, output_nr: int = 0) -> tuple[Shape | None, str | None]:
        """Shape and dtype of what a node made: the metadata of the gradients it takes."""
        key = node, output_nr
        known = self._outputs.get(key)
        if known is None:
            known = self._outputs[key] = _output(self.walked.order[node], output_nr)
        return known

    def shape(self, key: Key) -> Shape | None:
        """The shape of a tensor that crosses a border."""
        return self.output(*key)[0]


def read(walked: Walk, names: Names, places: Places) -> Reading:
    """Reads a walk: everything but what the nodes saved."""
    wires = wires_of(walked)
    origins = places.origins(wires.numbers, names)

    def elements_of(node: int) -> int:
        return int(walked.order[node].variable.numel())

    return Reading(walked, names, places, wires, origins, grouped(wires, origins, elements_of), _made(walked, names))


def sequence_nr_of(node: Any) -> int | None:
    """Autograd's number of the node, or None for one that has none (AccumulateGrad)."""
    number = node._sequence_nr()
    return number if number != NO_SEQUENCE_NR else None


def sequence_nrs(nodes: Sequence[Any]) -> Numbers:
    """Autograd's numbers of nodes, NOWHERE for one that has none."""
    numbers: Numbers = np.fromiter(map(methodcaller("_sequence_nr"), nodes), np.uint64, len(nodes)).view(np.int64)
    return numbers


def wires_of(walked: Walk) -> Wires:
    """The walk as columns."""
    classes = list(map(type, walked.order))
    kinds = {each: place for place, each in enumerate(dict.fromkeys(classes))}
    size = len(classes)
    ends = np.array(walked.ends, np.int64)
    counts = np.diff(ends, prepend=0)
    heads = np.array(walked.heads, np.int64)
    return Wires(
        words=[each.__name__ for each in kinds],
        names=np.fromiter(map(kinds.__getitem__, classes), np.int64, size),
        numbers=sequence_nrs(walked.order),
        tails=np.repeat(np.arange(size), counts),
        heads=heads,
        output_nrs=np.array(walked.output_nrs, np.int64),
        input_nrs=np.arange(len(heads)) - np.repeat(ends - counts, counts),
        roots=walked.roots,
    )


def node_ids(nodes: Sequence[Any], names: Names) -> dict[int, int]:
    """Identity of each named tensor -> its node's id in a graph event; a leaf's is the AccumulateGrad that fills it."""
    ids = {id(node.variable): position for position, node in enumerate(nodes) if type(node) is ACCUMULATES}
    for position, each in _makers(nodes, names).items():
        ids.update((id(found.tensor), position) for found in each)
    return ids


def _made(walked: Walk, names: Names) -> dict[int, Found]:
    makers = _makers(walked.order, names)
    return {position: min(each, key=lambda found: found.tensor.output_nr) for position, each in makers.items()}


def _makers(nodes: Sequence[Any], names: Names) -> dict[int, list[Found]]:
    """The named tensors that each node made, by its position."""
    found: dict[Any, list[Found]] = {}
    for each in names.tensors.values():
        node = grad_fn_of(each.tensor)
        if node is not None:
            found.setdefault(node, []).append(each)
    return {position: found[node] for position, node in enumerate(nodes) if node in found} if found else {}


def _output(node: Any, output_nr: int) -> tuple[Shape | None, str | None]:
    try:
        metadata = node._input_metadata[output_nr]
        return tuple(map(int, metadata.shape)), str(metadata.dtype).removeprefix("torch.")
    except (RuntimeError, IndexError, AttributeError, TypeError, ValueError):
        return UNKNOWN
