"""Objects seen for a moment: nothing of the learner's runs, and nothing is kept alive."""

import sys
import weakref

import numpy as np
import torch

from app.child.glimpses import attribute_of, glimpse, parts, resolve, share_memory


def test_a_tensor_is_seen_as_it_is() -> None:
    seen = glimpse(torch.ones(2, 1, requires_grad=True) * 2)
    assert seen is not None
    assert (seen.kind, seen.requires_grad, seen.is_leaf, seen.shape, seen.dtype) == (
        "tensor",
        True,
        False,
        (2, 1),
        "float32",
    )
    assert len(seen.leaves()) == 1


def test_numbers_arrays_modules_and_optimizers_are_told_apart() -> None:
    net = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(net.parameters())
    things = [1.5, np.ones(2), net, optimizer]
    assert [each.kind for thing in things for each in parts(thing)] == ["number", "array", "module", "optimizer"]
    assert [glimpse(thing) for thing in (1, "a", None, print)] == [None] * 4


def test_lists_and_dictionaries_are_looked_into() -> None:
    x = torch.ones(1)
    assert [len(parts(thing)) for thing in ([x, 1.0], {"a": x}, (x, "a"), x)] == [2, 1, 1, 1]


def test_a_module_and_an_optimizer_lead_to_what_they_hold() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1))
    net[0].weight.requires_grad = False
    seen, held = glimpse(net), glimpse(torch.optim.SGD(net.parameters()))
    assert seen is not None
    assert held is not None
    assert (len(seen.leaves()), seen.has_grad()) == (3, False)


def test_a_glimpse_keeps_no_tensor_alive() -> None:
    x = torch.ones(1)
    seen, still = glimpse(x), weakref.ref(x)
    del x
    assert seen is not None
    assert (still(), seen.object()) == (None, None)


def test_a_view_of_a_line_is_known_as_such() -> None:
    line = torch.ones(3)
    seen = [glimpse(each) for each in (line.unsqueeze(1), line.view(-1, 1) * 1, torch.ones(3, 1))]
    assert [each is not None and each.is_view_of_line for each in seen] == [True, False, False]


class Careful:
    def __init__(self) -> None:
        self.inner = torch.ones(1)

    @property
    def computed(self) -> None:
        raise AssertionError("a property of the learner's must not run")


def test_a_name_is_resolved_without_running_properties() -> None:
    careful = Careful()
    frame = sys._getframe()
    assert resolve(frame, "careful.inner") is careful.inner
    assert (resolve(frame, "careful.computed"), resolve(frame, "nothing.at.all")) == (None, None)


def test_parameters_and_gradients_are_reached() -> None:
    net = torch.nn.Linear(1, 1)
    assert attribute_of(net, ["weight"]) is net.weight
    assert (attribute_of(net, ["weight", "grad"]), attribute_of(net, ["weight", "requires_grad"])) == (None, True)


def test_two_tensors_of_one_memory_are_known_as_such() -> None:
    x = torch.ones(2, requires_grad=True)
    data, copy, part = x.data, x.clone(), x[:1]
    assert [share_memory([*parts(x), *parts(each)]) for each in (data, copy, part)] == [True, False, False]
