"""Values that are one number."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from app.child.readings import element, number


class Loud(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *_: Any, **__: Any) -> Any:
        raise AssertionError("the learner's code was asked")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0.5, 0.5),
        (np.float32(0.5), 0.5),
        (np.array(0.5), 0.5),
        (torch.tensor(0.5), 0.5),
        (torch.tensor(0.5, requires_grad=True), None),
        (torch.tensor([0.5]), None),
        (torch.tensor(1), None),
        (torch.tensor(0.5, device="meta"), None),
        (np.array([0.5]), None),
        (1, None),
        (True, None),
        ("0.5", None),
        (None, None),
    ],
)
def test_only_a_floating_number_without_axes_is_one(value: Any, found: float | None) -> None:
    assert number(value) == found


def test_a_tensor_that_requires_grad_is_read_where_that_is_asked() -> None:
    assert number(torch.tensor(0.5, requires_grad=True), with_grad=True) == 0.5


def test_one_element_may_have_axes_and_a_class_of_its_own() -> None:
    assert [element(torch.tensor([[2.0]])), element(torch.ones(2))] == [2.0, None]
    assert element(torch.tensor(3.0).as_subclass(Loud)) == 3.0


def test_the_learners_modes_are_not_asked() -> None:
    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("the learner's code was asked")

    value = torch.tensor(0.5)
    with Mode():  # type: ignore[no-untyped-call]  # torch's own initializer
        assert number(value) == 0.5
