"""Which module was running when a node was made, and that the calls are torch's own."""

import contextlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
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
    assert modules.calls_of(np.array([number]))[0].tolist() == [-1]


def test_a_module_called_twice_is_one_module_and_is_not_kept_alive() -> None:
    modules = Modules()
    linear = nn.Linear(1, 1)
    with modules.noting():
        number = sequence_nr()
        linear(linear(torch.ones(1)))
        last = sequence_nr() - 1
    calls, _, of = modules.calls_of(np.array([number, last]))
    assert (calls.tolist(), of) == ([0, 1], [0, 0])
    (call,) = modules.called
    assert call.module() is linear
    del linear
    assert call.module() is None


def test_calls_in_calls_are_told_apart() -> None:
    modules = Modules()
    cell = nn.Linear(1, 1)
    net = nn.Sequential(cell, cell, nn.Flatten(0))
    with modules.noting():
        numbers = [sequence_nr()]
        x = net(torch.ones(1, 1))
        numbers.append(sequence_nr() - 1)
        _ = x * 2
        numbers += [sequence_nr() - 1, sequence_nr()]
        net(x)
    calls, around, of = modules.calls_of(np.array(numbers))
    assert calls.tolist() == [1, 3, -1, 5]
    assert around == [-1, 0, 0, 0, -1, 4]
    kinds = [modules.called[module].kind for module in of]
    assert kinds == ["Sequential", "Linear", "Linear", "Flatten", "Sequential", "Linear"]
    assert of[1] == of[2] == of[5]


def test_calls_whose_beginning_is_forgotten_are_calls_still() -> None:
    modules = Modules()
    net = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    with modules.noting():
        net(torch.ones(1))
    last = sequence_nr() - 1
    modules._spans.forget_half()
    calls, around, of = modules.calls_of(np.array([last]))
    assert [modules.called[of[call]].module() is net[1] for call in calls.tolist()] == [True]
    assert modules.called[of[around[calls[0]]]].module() is net


def test_a_forward_of_the_learners_is_known_by_its_name() -> None:
    space: dict[str, Any] = {"nn": nn}
    exec(compile("class Net(nn.Module):\n    def forward(self, x): return x * 2", "<user>", "exec"), space)
    modules = Modules()
    with modules.noting():
        space["Net"]()(torch.ones(1))
        nn.Identity()(torch.ones(1))
    assert [(call.kind, call.forward) for call in modules.called] == [("Net", "Net.forward"), ("Identity", None)]


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
