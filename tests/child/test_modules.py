"""Which module was running when a node was made, and that the calls are torch's own."""

import contextlib
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module

from app.child.modules import Modules
from app.child.tiling import sequence_nr


def test_a_module_that_raises_leaves_the_stack_as_it_was() -> None:
    class Raises(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise ValueError

    modules = Modules()
    outer = nn.Sequential(Raises())
    with modules.noting():
        with contextlib.suppress(ValueError):
            outer(torch.ones(1))
        number = sequence_nr()
        _ = torch.ones(1, requires_grad=True) * 2
    assert modules.call_of(number) is None


def test_a_module_called_twice_is_one_module_and_is_not_kept_alive() -> None:
    modules = Modules()
    linear = nn.Linear(1, 1)
    with modules.noting():
        number = sequence_nr()
        linear(linear(torch.ones(1)))
        last = sequence_nr() - 1
    call = modules.call_of(number)
    assert call is not None
    assert call.module() is linear
    assert modules.call_of(last) is call
    del linear
    assert call.module() is None


def test_hooks_run_as_they_would() -> None:
    seen: list[Any] = []
    linear = nn.Linear(1, 1)
    linear.register_forward_pre_hook(lambda *_: seen.append("before"))
    linear.register_forward_hook(lambda *_: seen.append("after"))
    everywhere = torch_module.register_module_forward_hook(lambda module, *_: seen.append(type(module)))
    with Modules().noting():
        nn.Sequential(linear)(torch.ones(1))
    everywhere.remove()
    assert seen == ["before", nn.Linear, "after", nn.Sequential]


def test_a_module_that_forgot_to_call_its_parent_fails_in_torchs_words() -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            pass

    def words() -> str:
        try:
            return str(Forgetful()(1))
        except AttributeError as error:
            return str(error)

    plain = words()
    with Modules().noting():
        assert words() == plain


def test_a_warning_comes_from_as_many_frames_up_as_it_would() -> None:
    class Warns(nn.Module):
        def forward(self, level: int) -> None:
            warnings.warn("careful", stacklevel=level)

    def places() -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for level in (1, 2, 3, 4):
                Warns()(level)
        return [Path(each.filename).name for each in caught]

    plain = places()
    with Modules().noting():
        assert places() == plain


def test_torchs_own_call_is_back_afterwards() -> None:
    before = nn.Module._call_impl
    with Modules().noting():
        assert nn.Module._call_impl is not before
    assert nn.Module._call_impl is before
