"""A value -> the one number it is, if it is one. Exact types only, so that reading runs none of the learner's code."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import _disable_current_modes

_function_modes = torch._C._len_torch_function_stack


def number(value: Any, *, with_grad: bool = False) -> float | None:
    """A float, a floating NumPy scalar, or the element of an array or tensor without axes; else None.

    A tensor that requires grad is read only if `with_grad` says so.
    """
    kind = type(value)
    if kind is float:
        return value  # type: ignore[no-any-return]  # it is a float
    if kind is torch.Tensor:
        if not with_grad and not _function_modes() and value.requires_grad:
            return None  # the usual case, told quickly
        return element(value, with_grad=with_grad, axes=0)
    if kind is np.float64 or kind is np.float32 or kind is np.float16 or kind is np.longdouble:
        return float(value)
    if kind is np.ndarray and value.ndim == 0 and value.dtype.kind == "f":
        return float(value.item())
    return None


def element(tensor: torch.Tensor, *, with_grad: bool = True, axes: int = 64) -> float | None:
    """The one element of a floating tensor with at most that many axes; None where there is none to be read."""
    with torch._C.DisableTorchFunction(), no_modes():
        if tensor.dim() > axes or (tensor.requires_grad and not with_grad):
            return None
        return only_element(tensor)


def only_element(tensor: torch.Tensor) -> float | None:
    """The same, where torch's functions and modes are switched off already."""
    if type(tensor) is not torch.Tensor and type(tensor).__torch_dispatch__ is not torch.Tensor.__torch_dispatch__:
        return None
    try:
        return tensor.item() if tensor.numel() == 1 and tensor.is_floating_point() else None
    except (RuntimeError, NotImplementedError):
        return None  # a transform's tensor, or one without storage


def no_modes() -> AbstractContextManager[object]:
    """Switches the learner's dispatch modes off; nothing where there are none, which is nearly always."""
    return _disable_current_modes() if torch._C._len_torch_dispatch_stack() else nullcontext()
