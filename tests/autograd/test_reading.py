"""What is read of a walk at once, checked against torch and the walk itself."""

import torch

from app.autograd import node_ids, read, scan, sequence_nr_of, sequence_nrs, walk
from app.autograd.reading import wires_of
from tests.data import workloads

from .test_graph import Handmade


def test_columns_of_a_walk_are_the_walk() -> None:
    loss, _ = workloads.resnet18()
    walked = walk([loss.grad_fn])
    wires = wires_of(walked)
    assert [wires.words[name] for name in wires.names] == walked.names()
    edges = zip(wires.tails.tolist(), wires.heads.tolist(), wires.output_nrs.tolist(), strict=True)
    assert list(edges) == list(walked.edges())
    assert [number if number >= 0 else None for number in wires.numbers] == list(map(sequence_nr_of, walked.order))


def test_a_leaf_has_no_sequence_number() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    assert y.grad_fn is not None
    assert sequence_nrs([y.grad_fn, y.grad_fn.next_functions[0][0]]).tolist() == [y.grad_fn._sequence_nr(), -1]


def test_every_named_tensor_has_its_node_however_large_the_graph() -> None:
    loss, named = workloads.chain(3_000)
    names = scan([("", {"loss": loss, **named})])
    order = walk([loss.grad_fn]).order
    assert node_ids(order, names) == {id(loss): 0, id(named["x"]): 3_000}


def test_of_several_outputs_the_first_names_the_node() -> None:
    x = torch.ones(2, requires_grad=True)
    first, second = x.unbind()
    total = first + second
    reading = read(walk([total.grad_fn]), scan([("", {"b": second, "a": first})]), Handmade())
    assert [found.name for found in reading.made.values()] == ["a"]


def test_a_node_tells_the_shape_and_dtype_of_each_output() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    values, _ = x.double().max(dim=1)
    reading = read(walk([values.grad_fn]), scan([]), Handmade())
    assert (reading.output(0), reading.shape((1, 0)), reading.output(0, 9)) == (((2,), "float64"), (2, 3), (None, None))
