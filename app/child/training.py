"""What a backward and an optimizer's step mean for the curves: a loss, learning rates, norms of gradients."""

from collections.abc import Sequence
from time import monotonic
from types import FrameType
from typing import Any

import torch

from .curves import Curves
from .frames import Series
from .optimizers import Optimizers
from .readings import only_element


class Training:
    """One program's training, as far as it is one."""

    def __init__(self, curves: Curves, optimizers: Optimizers) -> None:
        self._curves = curves
        self._optimizers = optimizers
        self._gradients = optimizers.gradients

    def backward(
        self,
        root: Any,
        caller: FrameType,
        frames: list[FrameType],
        leaves: Sequence[torch.Tensor],
        names: Sequence[str | None],
    ) -> Series | None:
        """A backward from `root` that filled the leaves' `.grad`; gives the curve its value belongs to.

        Shapes: frames from the innermost; `names` are those of the leaves, in order.
        """
        value = only_element(root) if isinstance(root, torch.Tensor) else None
        if value is None:
            return None
        now = self._curves.frames.clock()
        evaluation = None if self._optimizers.stepping is None else self._optimizers.evaluation(caller)
        series, is_step = self._curves.backward(value, frames, evaluation, now)
        if is_step:
            self._measure(leaves, names, now)
        return series

    def again(
        self,
        series: Series,
        value: float,
        frame: FrameType,
        leaves: Sequence[torch.Tensor],
        names: Sequence[str | None],
    ) -> None:
        """The same for a backward that is what it was before. Written for speed: it runs at every step."""
        curves = self._curves
        now = monotonic()
        points = series.points
        curves.step = step = series.sent + len(points) // 3
        points.extend((step, value, now))
        if self._gradients.raw or now >= self._gradients.due:
            self._measure(leaves, names, now)
        if now >= curves.frames.due or curves.is_slow:
            curves.settle(series, now, frame)

    def _measure(self, leaves: Sequence[torch.Tensor], names: Sequence[str | None], now: float) -> None:
        gradients = self._gradients
        gradients.raw = {}
        if now >= gradients.due and self._curves.is_looped:
            gradients.after_backward(leaves, names, self._curves.step or 0)
