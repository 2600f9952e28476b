"""Calls of modules -> which of them was running when a node was made. Stands where torch calls a module's `forward`.

Not hooks: with any of them torch takes a path through every module that costs more than all else that is watched.
"""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np
import torch
from torch.nn.modules import module as torch_module

from .instrument import FILENAME
from .tiling import MAX_SPANS, NOWHERE, Numbers, Tiling, sequence_nr

BACK = -2
"""Owner `BACK - call` of a span says that an inner call is over and `call` goes on."""


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module whose forward ran: `path` from the outermost one around it, and that one's class.

    `forward` is the function's name, as a place has it, where the learner's own source defines it. Both modules are
    held weakly, so that observing keeps nothing alive.
    """

    module: "weakref.ref[torch.nn.Module]"
    root: "weakref.ref[torch.nn.Module]"
    root_class: str
    path: str | None
    kind: str = ""
    forward: str | None = None


class Modules:
    """The calls of modules while one program ran."""

    def __init__(self) -> None:
        self._spans = Tiling()
        self._calls: list[ModuleCall] = []
        self._stack: list[int] = []
        self._call_ids: dict[int, int] = {}
        self._paths: dict[int, str] = {}

    def calls_of(self, numbers: Numbers) -> tuple[Numbers, list[int], list[int]]:
        """The innermost call of each of many numbers, or NOWHERE; of each call the call around it, and its module.

        A module's number is its place in `called`.
        """
        outside = np.full(len(numbers), NOWHERE, np.int64)
        if not numbers.size or not self._calls:
            return outside, [], []
        first, starts, owners = self._spans.span(numbers)
        before = first
        while before > 0 and self._spans.owners[before] != NOWHERE:  # back to where no module was running
            before -= 1
        known = self._spans.owners[before:first].tolist()
        current, around, modules = _unrolled(known + owners.tolist())
        places = np.searchsorted(starts, numbers, "right") - 1
        return np.where(places >= 0, np.array(current[len(known) :])[places], NOWHERE), around, modules

    @property
    def called(self) -> list[ModuleCall]:
        """The modules that were called, in the order of their first calls."""
        return self._calls

    def ran(self) -> list[torch.nn.Module]:
        """The modules whose forward ran and that are still there."""
        return [module for call in self._calls if (module := call.module()) is not None]

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Notes calls for as long as the block lasts."""
        door: Any = torch.nn.Module
        original = door._call_impl
        door._call_impl = self._standing_at(original)
        try:
            yield
        finally:
            door._call_impl = original

    def _standing_at(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """As torch's own `_call_impl`, as many frames deep, with the call noted."""
        hooks = [
            getattr(torch_module, f"_global_{when}_hooks")
            for when in ("backward_pre", "backward", "forward", "forward_pre")
        ]
        pre_backward, backward, forward, pre_forward = hooks
        enter, leave, is_traced = self._enter, self._leave, torch._C._get_tracing_state

        def _call_impl(module: Any, *args: Any, **kwargs: Any) -> Any:
            hooked = (
                module._backward_hooks or module._backward_pre_hooks or module._forward_hooks
                or module._forward_pre_hooks or pre_backward or backward or forward or pre_forward or is_traced()
            )  # fmt: skip
            enter(module)
            try:
                return original(module, *args, **kwargs) if hooked else module.forward(*args, **kwargs)
            finally:
                leave()

        _as_from(_call_impl, original.__code__)
        return _call_impl

    def _enter(self, module: torch.nn.Module) -> None:
        known = self._call_ids.get(id(module))
        if known is None or self._calls[known].module() is not module:
            known = self._call_ids[id(module)] = len(self._calls)
            self._calls.append(self._new_call(module))
        self._stack.append(known)
        self._spans.starts.append(sequence_nr())
        self._spans.owners.append(known)

    def _new_call(self, module: torch.nn.Module) -> ModuleCall:
        if not self._stack:
            self._paths = _paths_in(module)
            return ModuleCall(weakref.ref(module), weakref.ref(module), type(module).__name__, "", *_words(module))
        root, path = self._calls[self._stack[0]], self._paths.get(id(module))
        return ModuleCall(weakref.ref(module), root.root, root.root_class, path, *_words(module))

    def _leave(self) -> None:
        stack, spans = self._stack, self._spans
        stack.pop()
        spans.starts.append(sequence_nr())
        spans.owners.append(BACK - stack[-1] if stack else NOWHERE)
        if len(spans.starts) > MAX_SPANS:
            spans.forget_half()


def _words(module: torch.nn.Module) -> tuple[str, str | None]:
    """A module's class, and the name of its `forward` where that is the learner's."""
    forward = getattr(type(module), "forward", None)
    is_own = getattr(getattr(forward, "__code__", None), "co_filename", None) == FILENAME
    return type(module).__name__, forward.__qualname__.replace(".<locals>", "") if is_own and forward else None


def _entered(owner: int) -> int:
    """The call that an owner of a span stands for."""
    return BACK - owner if owner < NOWHERE else owner


def _unrolled(owners: list[int]) -> tuple[list[int], list[int], list[int]]:
    """The call at work in each span, counted from 0; of each call the one around it, and its module."""
    stack: list[int] = []
    current: list[int] = []
    around: list[int] = []
    modules: list[int] = []
    for owner in owners:
        if owner < 0 and stack:
            stack.pop()
        if owner >= 0 or (owner < NOWHERE and not stack):  # the latter came in where older spans are forgotten
            around.append(stack[-1] if stack else NOWHERE)
            modules.append(_entered(owner))
            stack.append(len(modules) - 1)
        current.append(stack[-1] if stack else NOWHERE)
    return current, around, modules


def _as_from(function: Any, code: CodeType) -> None:
    """Makes it look as if it stood in torch's file: warnings tell where they come from by counting frames."""
    function.__code__ = function.__code__.replace(co_filename=code.co_filename, co_firstlineno=code.co_firstlineno)


def _paths_in(root: torch.nn.Module) -> dict[int, str]:
    """Identity of each module inside `root` -> its attribute path, read past anything the learner overrides."""
    paths = {id(root): ""}
    queue = [root]
    for module in queue:
        for key, child in module._modules.items():
            if child is not None and id(child) not in paths:
                paths[id(child)] = f"{paths[id(module)]}.{key}".lstrip(".")
                queue.append(child)
    return paths
