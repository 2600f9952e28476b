"""A tensor -> its report: leaf or not, requires_grad, grad_fn, `.grad` and the reason it is what it is.

Knows nothing of the learner's source; the sentence that explains the reason is written elsewhere, from these facts.
Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.is_leaf.html and `torch.Tensor.grad`.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

import torch

from ..events import Tensor, fits
from .names import Found, grad_fn_of
from .values import BASE, dtype_name, value_of

Reason = Literal["no_backward_yet", "not_a_leaf", "requires_grad_false", "unreachable", "present"]
Kind = Literal["tensor", "parameter", "buffer"]
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class History:
    """What happened to one tensor while the program ran, as far as `.grad` depends on it.

    `backward_since` says that a backward that fills `.grad` ran after the tensor was there; `reached` that one arrived.
    """

    backward_since: bool
    reached: bool


def grad_reason(tensor: torch.Tensor, history: History) -> Reason:
    """Why `.grad` is what it is, in one word."""
    if _grad(tensor) is not None:
        return "present"
    if not tensor.requires_grad:
        return "requires_grad_false"
    if not tensor.is_leaf and not tensor.retains_grad:
        return "not_a_leaf"
    return "unreachable" if history.backward_since and not history.reached else "no_backward_yet"


def report(found: Found, *, node: int | None, line: int | None, history: History) -> Tensor:
    """The tensor's report, without its sentence. `node` is its grad_fn's id in the newest graph."""
    tensor = found.tensor
    with torch._C.DisableTorchFunction():
        grad = _grad(tensor)
        grad_fn = grad_fn_of(tensor)
        kind = "parameter" if isinstance(tensor, torch.nn.Parameter) else found.kind
        return Tensor(
            name=fits(found.name, MAX_NAME),
            aliases=tuple(fits(alias, MAX_NAME) for alias in found.aliases),
            kind=cast(Kind, kind),
            shape=tuple(BASE.shape.__get__(tensor)),
            dtype=dtype_name(tensor),
            device=str(BASE.device.__get__(tensor)),
            requires_grad=BASE.requires_grad.__get__(tensor),
            is_leaf=BASE.is_leaf.__get__(tensor),
            grad_fn=None if grad_fn is None else fits(type(grad_fn).__name__, MAX_NAME),
            node=node,
            retains_grad=BASE.retains_grad.__get__(tensor),
            line=line,
            value=value_of(tensor),
            grad=None if grad is None else value_of(grad),
            grad_reason=grad_reason(tensor, history),
            explanation="",
        )


def _grad(tensor: torch.Tensor) -> Any:
    """`.grad`, or None where asking for it would warn: a non-leaf that does not retain it has none."""
    return tensor.grad if tensor.is_leaf or tensor.retains_grad else None
