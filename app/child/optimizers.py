"""Steps of the program's optimizers: learning rates, gradients as they are used, and which backwards happen inside.

Stands at torch's hooks for all optimizers. Keeps none of them alive.
"""

import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from .curves import Curves
from .frames import Series
from .gradients import Gradients
from .intact import FOREIGN
from .places import namespaces, user_frames
from .readings import element

Guard = Callable[..., Any]
"""Calls its first argument with the others; what that raises never becomes the program's."""


class Optimizers:
    """What one program's optimizers did."""

    def __init__(self, curves: Curves, top: dict[str, Any], guard: Guard) -> None:
        self.gradients = Gradients(curves.frames)
        self._curves = curves
        self._top = top
        self._guard = guard
        self._known: dict[int, tuple[weakref.ref[Any], list[Series]]] = {}
        self._names: set[str] = set()
        self.failure: BaseException | None = None
        self.stepping: CodeType | None = None
        """The code of torch's frame around a step that has begun, and was not seen to end."""
        self._evaluations = 0
        self.on_step: Callable[[Any, FrameType], None] = lambda optimizer, frame: None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stands at the hooks for as long as the block lasts."""
        hooks = (
            register_optimizer_step_pre_hook(self._before_step),
            register_optimizer_step_post_hook(self._after_step),
        )
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def evaluation(self, caller: FrameType) -> int | None:
        """Which backward of an optimizer's step this is, from 1, as LBFGS runs several; None outside of a step."""
        if self.stepping is None:
            return None
        frame: FrameType | None = caller
        while frame is not None and frame.f_code is not self.stepping:
            frame = frame.f_back
        if frame is None:  # that step was left by an exception
            self.stepping = None
            return None
        self._evaluations += 1
        return self._evaluations

    def _before_step(self, optimizer: Any, *_: Any) -> None:
        self.stepping, self._evaluations = sys._getframe(1).f_code, 0
        self.on_step(optimizer, sys._getframe(1))
        if self.gradients.raw:
            self._guard(self.gradients.before_step, optimizer, self._curves.step or 0)

    def _after_step(self, optimizer: Any, *_: Any) -> None:
        self.stepping = None
        try:
            self._rates(optimizer)
        except FOREIGN as error:
            self.failure = error

    def _rates(self, optimizer: Any) -> None:
        """A point for each parameter group's learning rate."""
        known = self._known.get(id(optimizer))
        if known is None or known[0]() is not optimizer:
            known = self._known[id(optimizer)] = weakref.ref(optimizer), self._begin(optimizer)
        frames, step = self._curves.frames, self._curves.step
        now = frames.clock()
        for series, group in zip(known[1], optimizer.param_groups, strict=False):
            rate = group["lr"]
            if type(rate) is not float:
                rate = element(rate) if isinstance(rate, torch.Tensor) else float(rate)
            if rate is not None:
                series.points.extend((series.size if step is None else step, rate, now))
        if now >= frames.due:
            frames.flush(now)

    def _begin(self, optimizer: Any) -> list[Series]:
        tag = "lr" if not self._known else f"lr/{self._name(optimizer)}"
        suffixes = ["", *(f"/group{number}" for number in range(1, len(optimizer.param_groups)))]
        return [self._curves.frames.open("optimizer", tag + suffix) for suffix in suffixes]

    def _name(self, optimizer: Any) -> str:
        """The variable that holds it, or its number."""
        spaces = namespaces(user_frames(sys._getframe(1)), self._top)
        names = [name for _, space in reversed(spaces) for name, value in space.items() if value is optimizer]
        name = next((name for name in names if name not in self._names), f"optimizer{len(self._known) + 1}")
        self._names.add(name)
        return name
