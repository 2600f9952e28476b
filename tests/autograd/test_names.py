"""Namespaces with every kind of place a tensor can be in."""

import sys
import types
from collections import deque
from typing import Any

import pytest
import torch
from torch import nn

from app.autograd import scan


def found(**namespace: Any) -> dict[str, str]:
    return {each.name: each.kind for each in scan([("", namespace)]).tensors.values()}


def test_plain_variables_go_by_their_names() -> None:
    assert found(x=torch.ones(1), n=3, s="x") == {"x": "tensor"}


def test_names_python_keeps_for_itself_are_left_out() -> None:
    assert found(__builtins__=torch.ones(1), _=torch.ones(1)) == {"_": "tensor"}


def test_elements_of_containers_are_named_as_they_are_reached() -> None:
    t = torch.ones
    assert set(found(a=[t(1), (t(1),)], d={"w": t(1), 3: t(1), (1, 2): t(1)}, q=deque([t(1)]))) == {
        "a[0]",
        "a[1][0]",
        "d['w']",
        "d[3]",
        "d[(1, 2)]",
        "q[0]",
    }


def test_parameters_and_buffers_are_named_by_their_module() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    assert found(model=model) == {
        "model.0.weight": "parameter",
        "model.0.bias": "parameter",
        "model.1.weight": "parameter",
        "model.1.bias": "parameter",
        "model.1.running_mean": "buffer",
        "model.1.running_var": "buffer",
        "model.1.num_batches_tracked": "buffer",
    }


def test_several_names_of_one_tensor_are_joined_under_the_shortest_way() -> None:
    x = torch.ones(1)
    (only,) = scan([("", {"x": x, "y": x, "all": [x]})]).tensors.values()
    assert (only.name, only.aliases, only.root) == ("x", ["y", "all[0]"], "x")


def test_a_containers_cycle_ends() -> None:
    loop: list[Any] = [torch.ones(1)]
    loop.append(loop)
    assert found(loop=loop) == {"loop[0]": "tensor"}


def test_a_prefix_tells_locals_from_globals() -> None:
    names = scan([("", {"x": torch.ones(1)}), ("main.", {"w": torch.ones(1)})])
    assert [each.name for each in names.tensors.values()] == ["x", "main.w"]


def test_modules_are_named_too() -> None:
    model = nn.Sequential(nn.Linear(1, 1))
    assert list(scan([("", {"model": model})]).modules.values()) == ["model", "model.0"]


def test_attributes_of_the_learners_own_objects_are_found_without_running_their_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    source = """
class Net:
    def __init__(self): self.w = torch.ones(1)
    def __getattr__(self, name): raise SystemExit("ran")
    def __eq__(self, other): raise SystemExit("ran")
    @property
    def trap(self): raise SystemExit("ran")
net = Net()
"""
    exec(source, vars(main) | {"torch": torch}, vars(main))
    assert found(net=vars(main)["net"]) == {"net.w": "tensor"}


def test_a_list_subclass_that_lies_about_its_elements_is_read_as_a_list() -> None:
    class Liar(list[Any]):
        def __iter__(self) -> Any:
            raise SystemExit("ran")

    assert found(liar=Liar([torch.ones(1)])) == {"liar[0]": "tensor"}


def test_ten_million_elements_do_not_hold_it_up() -> None:
    assert len(found(numbers=[0] * 10**6, x=torch.ones(1))) == 1
