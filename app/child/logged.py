"""`log`, and what it is given -> a whole number and numbers, or an error that says what to write instead."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .frames import Frames, Series

MAX_STEP = 2**53
"""Larger whole numbers do not fit a curve's numbers."""
HOW = "Write log(step, loss=loss): the step first, as a whole number, and every curve's number by its name."


def log_for(
    frames: Frames,
    begin: Callable[[str, float], Series],
    settle: Callable[[list[Series], float], None],
    owe: Callable[..., None] | None,
) -> Callable[..., None]:
    """The function, written for speed: it may be called at every step.

    `begin` opens a tag's series, `settle` is told of those that got a point when a frame may leave; in slow motion
    `owe` is told of them each time.
    """
    clock = frames.clock
    series: dict[str, Series] = {}
    adders: dict[str, Callable[[Any], None]] = {}

    def log(step: Any = None, *rest: Any, **values: Any) -> None:
        """Adds one point to the curve of each name given, at `step`."""
        now = clock()
        if rest or step.__class__ is not int or not -MAX_STEP < step < MAX_STEP:
            step = whole(step, rest)
        for tag, value in values.items():
            if value.__class__ is not float:
                value = real(tag, value)
            try:
                add = adders[tag]
            except KeyError:
                series[tag] = begin(tag, now)
                add = adders[tag] = series[tag].points.extend
            add((step, value, now))
        if now >= frames.due:
            settle([series[tag] for tag in values], now)
        if owe is not None:
            owe(*[series[tag] for tag in values])

    log.__qualname__ = "log"
    return log


def whole(step: Any, rest: tuple[Any, ...] = ()) -> int:
    """The step as a plain int. Raises: TypeError or ValueError, in words for the one who called `log`."""
    if rest:
        raise TypeError(f"log() takes one value by position, the step, and was given {1 + len(rest)}. {HOW}")
    if step is None:
        raise TypeError(f"log() was called without a step. {HOW}")
    if isinstance(step, (float, np.floating)) and float(step).is_integer():
        step = int(step)
    try:
        number = operator.index(step)
    except (TypeError, RuntimeError, ValueError):
        what = _described(step)
        raise TypeError(f"log() takes a whole number as its step, and was given {what}. {HOW}") from None
    if abs(number) >= MAX_STEP:
        raise ValueError(f"log() takes steps up to {MAX_STEP}, and was given a larger one. Count the steps from 0.")
    return number


def real(name: str, value: Any) -> float:
    """The value as a plain float. Raises: TypeError or ValueError, in words for the one who called `log`."""
    if isinstance(value, torch.Tensor):
        if value.numel() != 1:
            raise ValueError(_many(name, tuple(value.shape)))
        with torch.no_grad():
            return float(value.detach())
    if isinstance(value, np.ndarray):
        if value.size != 1:
            raise ValueError(_many(name, value.shape))
        return float(value.item())
    if isinstance(value, (str, bytes)):
        raise TypeError(
            f"log() draws numbers, and {name} is {_described(value)}. Give it the number: log(step, {name}=float(…))."
        )
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"log() draws numbers, and {name} is {_described(value)}. Give one number: log(step, {name}=…)."
        ) from None


def _many(name: str, shape: tuple[int, ...]) -> str:
    return (
        f"log() draws one number per step, and {name} has shape {shape}."
        f" Reduce it to one: log(step, {name}={name}.mean())."
    )


def _described(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return f"the text {value[:40]!r}"
    if isinstance(value, (torch.Tensor, np.ndarray)) and tuple(value.shape):
        return f"a {type(value).__name__} of shape {tuple(value.shape)}"
    return f"{value!r}" if isinstance(value, (bool, int, float)) else f"of type {type(value).__name__}"
