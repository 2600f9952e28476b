"""What a node's edges brought it, against what it then began with: the two differ where hooks of the program stood.

Knows nothing of graphs: gradients in, gradients out.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from .kept import Kept

Arrival = tuple[int, Any, int, Kept | None]
"""Which of the node's outputs a gradient is for, the gradient, its version when it was brought, and as it was read."""
Slots = tuple[Kept | None, ...]
"""One for each of a node's outputs, or of its inputs."""


def meet(
    grad_outputs: Sequence[Any], brought: Sequence[Arrival], keep: Callable[[Any], Kept]
) -> tuple[Slots, Slots | None]:
    """What the node begins with, and what its edges had brought in sum, or None where the two are equal."""
    by_output: dict[int, list[Arrival]] = {}
    for arrival in brought:
        by_output.setdefault(arrival[0], []).append(arrival)
    begun: list[Kept | None] = []
    arrived: list[Kept | None] = []
    changed = False
    for output_nr, grad in enumerate(grad_outputs):
        parts = by_output.get(output_nr, [])
        if len(parts) == 1 and _is_untouched(parts[0], grad):
            begun.append(parts[0][3])
            arrived.append(parts[0][3])
            continue
        kept = None if grad is None else keep(grad)
        total = _total(parts)
        begun.append(kept)
        if not parts or _is_same(parts, total, grad):
            arrived.append(kept)
        else:
            changed = True
            arrived.append(parts[0][3] if len(parts) == 1 else keep(total))
    return tuple(begun), tuple(arrived) if changed else None


def pending(brought: Sequence[Arrival], keep: Callable[[Any], Kept]) -> tuple[Slots, None]:
    """What waits for a node that never came to begin."""
    slots: list[Kept | None] = [None] * (1 + max((arrival[0] for arrival in brought), default=-1))
    for output_nr in {arrival[0] for arrival in brought}:
        parts = [arrival for arrival in brought if arrival[0] == output_nr]
        slots[output_nr] = parts[0][3] if len(parts) == 1 else keep(_total(parts))
    return tuple(slots), None


def _is_untouched(arrival: Arrival, grad: Any) -> bool:
    _, tensor, version, _ = arrival
    return tensor is grad and tensor._version == version


def _total(parts: Sequence[Arrival]) -> Any:
    """Their sum, in the engine's order, so that it comes out equal to the last bit."""
    with torch.no_grad():
        total = parts[0][1].detach() if parts else None
        for _, tensor, *_ in parts[1:]:
            total = total + tensor.detach()
    return total


def _is_same(parts: Sequence[Arrival], total: Any, grad: Any) -> bool:
    """Whether what was brought is what the node begins with; where the two cannot be compared, it is taken to be."""
    if grad is None:
        return False
    if len(parts) == 1 and parts[0][1] is grad:
        return False  # the same tensor, changed in place
    with torch.no_grad():
        given = grad.detach()
        if given.shape != total.shape or given.layout != torch.strided or total.layout != torch.strided:
            return True
        return torch.equal(given, total) or torch.allclose(given, total, equal_nan=True)
