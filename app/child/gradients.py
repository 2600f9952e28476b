"""Norms of gradients at training steps: as a backward left them, and where clipping changed them, as they were used.

Measured at each of the first steps, then as often as costs next to nothing.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from .frames import Frames, Series

ALWAYS = 20
"""Steps at which norms are measured whatever it costs."""
SHARE = 0.02
"""What measuring may take of a program's time after those."""
REST_S = 0.05
REST_PER_PARAMETER_S = 0.005
MAX_PARAMETERS = 200
RAW, CLIPPED = "grad_norm", "grad_norm_clipped"


class Gradients:
    """The norms of one program's gradients, on curves of the optimizer's origin."""

    def __init__(self, frames: Frames) -> None:
        self.due = 0.0
        """The moment from which on they may be measured again."""
        self.raw: dict[int, float] = {}
        """What the newest backward left, by identity of the leaf; empty where that was not measured."""
        self.alarm = False
        """Whether some norm of the newest backward that was measured is not finite."""
        self._frames = frames
        self._series: dict[str, Series] = {}
        self._names: dict[int, str] = {}
        self._samples = 0
        self._spent = 0.0
        self._started = frames.clock()

    def after_backward(self, leaves: Sequence[torch.Tensor], names: Sequence[str | None], step: int) -> None:
        """Measures what a backward left in `.grad`. `names` are those of the leaves, in order."""
        began = self._frames.clock()
        self._samples += 1
        self._names = {id(leaf): name for leaf, name in zip(leaves, names, strict=False) if name is not None}
        self.raw = _norms(leaves)
        self.alarm = not all(map(math.isfinite, self.raw.values()))
        self._tell(RAW, self.raw, self._names, step, began)
        self._rest(began, len(self.raw))
        self._frames.tick(began)

    def before_step(self, optimizer: torch.optim.Optimizer, step: int) -> None:
        """Measures again what an optimizer is about to use, where the backward before it was measured."""
        began = self._frames.clock()
        used = [each for group in optimizer.param_groups for each in group["params"] if id(each) in self.raw]
        found = _norms(used)
        changed = {key: norm for key, norm in found.items() if not _same(norm, self.raw[key])}
        if changed:
            self._tell(CLIPPED, found, {key: self._names[key] for key in changed if key in self._names}, step, began)
        for key in found:
            del self.raw[key]
        self._rest(began, len(found))

    def _tell(self, tag: str, norms: dict[int, float], names: dict[int, str], step: int, now: float) -> None:
        if norms:
            self._point(tag, step, math.hypot(*norms.values()), now)
        for key, norm in norms.items():
            if key in names:
                self._point(f"{tag}/{names[key]}", step, norm, now)

    def _point(self, tag: str, step: int, value: float, now: float) -> None:
        series = self._series.get(tag)
        if series is None:
            if len(self._series) > 2 * MAX_PARAMETERS:
                return
            series = self._series[tag] = self._frames.open("optimizer", tag)
        series.points.extend((step, value, now))

    def _rest(self, began: float, count: int) -> None:
        now = self._frames.clock()
        self._spent += now - began
        if self._samples >= ALWAYS:
            rest_s = max(REST_S, REST_PER_PARAMETER_S * count)
            self.due = max(now + rest_s, self._started + self._spent / SHARE)


def _norms(leaves: Iterable[Any]) -> dict[int, float]:
    """Identity of each leaf -> its gradient's norm, of the first ones that have a dense one."""
    grads: dict[int, torch.Tensor] = {}
    for leaf in leaves:
        grad = leaf.grad
        if grad is not None and _is_plain(grad) and len(grads) < MAX_PARAMETERS:
            grads[id(leaf)] = grad
    if not grads:
        return {}
    dtypes = {grad.dtype for grad in grads.values()}
    exact = dtypes == {torch.float32} or dtypes == {torch.float64}
    with torch.no_grad():
        norms = torch._foreach_norm(list(grads.values()), 2, None if exact else torch.float64)
        return dict(zip(grads, torch.stack(norms).tolist(), strict=True))


def _is_plain(grad: torch.Tensor) -> bool:
    return (
        type(grad) is torch.Tensor
        and grad.layout is torch.strided
        and grad.is_floating_point()
        and grad.device.type == "cpu"
    )


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
