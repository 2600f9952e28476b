"""Whether the learner's own Functions give the gradients their forward has: tried on what they were given, at the end.

The program is over by then, so running its code again changes nothing of what it did. A Function that is flat, or
changes nothing, means its gradient to be another: such are left alone.
"""

import contextlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

MAX_SEEN = 10
MAX_ELEMENTS = 64
MAX_TRIED = 8
STEP = 1e-4
TOLERANCE = 0.02
FLAT = 1e-6


@dataclass(frozen=True, slots=True)
class Given:
    """What a Function's `forward` was given, its small tensors copied."""

    function: Any
    arguments: tuple[Any, ...]
    names: tuple[str, ...]
    differentiable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first place where a Function's backward and differences of its forward do not agree."""

    name: str
    line: int | None
    argument: str
    given: float
    measured: float


class Customs:
    """The custom Functions of one program."""

    def __init__(self) -> None:
        self._given: dict[Any, Given] = {}

    def enter(self, frame: FrameType) -> None:
        """A `forward` begins in this frame: `ctx` and what it was given are its locals."""
        code = frame.f_code
        if code in self._given or len(self._given) >= MAX_SEEN:
            return
        local = frame.f_locals
        names = code.co_varnames[: code.co_argcount]
        values = [local.get(name) for name in names]
        local.clear()  # a copy, which would keep alive what the function lets go
        function = getattr(type(values[0]), "_forward_cls", None) if values else None
        if function is None or code.co_flags & 0x0C:
            return
        arguments = [_copied(value) for value in values[1:]]
        needs = getattr(values[0], "needs_input_grad", ())
        wanted = tuple(at for at, needed in enumerate(needs) if needed and _is_small(arguments[at]))
        if wanted and not any(isinstance(each, torch.Tensor) and not _is_small(each) for each in arguments):
            self._given[code] = Given(function, tuple(arguments), names[1:], wanted)

    def disagreements(self) -> list[Disagreement]:
        """Each Function whose backward is not the derivative of its forward."""
        found = []
        for given in self._given.values():
            with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()), torch.random.fork_rng([]):
                disagreement = _tried(given)
                if disagreement is not None:
                    found.append(disagreement)
        return found


def _copied(value: Any) -> Any:
    if type(value) in (torch.Tensor, torch.nn.Parameter) and value.numel() <= MAX_ELEMENTS:
        return value.detach().clone()
    return value


def _is_small(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point() and 0 < value.numel() <= MAX_ELEMENTS


def _tried(given: Given) -> Disagreement | None:
    for at in given.differentiable:
        found = _gradients(given, at)
        if found is None:
            continue
        recorded, measured = found
        for got, want in zip(recorded, measured, strict=True):
            if abs(got - want) > TOLERANCE * max(1.0, abs(got), abs(want)):
                line = given.function.backward.__code__.co_firstlineno
                return Disagreement(given.function.__name__, line, given.names[at], got, want)
    return None


def _gradients(given: Given, at: int) -> tuple[list[float], list[float]] | None:
    """What backward gives and what differences give, at the first elements of one argument; None where that is moot."""
    arguments = [each.double() if _is_small(each) else each for each in given.arguments]
    start = arguments[at]

    def value(tensor: torch.Tensor) -> torch.Tensor:
        inputs = [*arguments[:at], tensor, *arguments[at + 1 :]]
        result = given.function.apply(*inputs)
        return result if isinstance(result, torch.Tensor) else result[0]

    leaf = start.clone().requires_grad_()
    with torch.enable_grad():
        result = value(leaf)
        if not result.requires_grad or (result.shape == start.shape and torch.equal(result.detach(), start)):
            return None
        weights = torch.linspace(1.0, 2.0, result.numel(), dtype=result.dtype).reshape(result.shape)
        (gradient,) = torch.autograd.grad(result, leaf, weights)
    recorded = gradient.detach().flatten()[:MAX_TRIED].tolist()
    with torch.no_grad():
        measured = [_difference(value, start, place, weights) for place in range(len(recorded))]
    pairs = [(got, want) for got, want in zip(recorded, measured, strict=True) if want is not None]
    is_flat = not any(abs(want) > FLAT for _, want in pairs)
    return None if is_flat else ([got for got, _ in pairs], [want for _, want in pairs])


def _difference(
    value: Callable[[torch.Tensor], torch.Tensor], start: torch.Tensor, place: int, weights: torch.Tensor
) -> float | None:
    """The derivative of the weighted sum along one element, or None at a kink or a jump: where slopes do not agree."""

    def moved(by: float) -> float:
        tensor = start.clone()
        tensor.view(-1)[place] += by
        return float((value(tensor) * weights).sum())

    middle = moved(0.0)
    slopes = [(moved(by) - middle) / by for by in (STEP, -STEP, 10 * STEP, -10 * STEP)]
    agree = all(math.isclose(slope, slopes[0], rel_tol=TOLERANCE, abs_tol=TOLERANCE) for slope in slopes)
    return (slopes[0] + slopes[1]) / 2 if agree else None
