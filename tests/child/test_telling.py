"""What was seen, told as plain facts: names instead of objects."""

import torch

from app.autograd import scan
from app.child.provenance import Provenance
from app.child.telling import Telling, grad_of, is_float
from app.child.witness import Witness

from .looked import looked


def telling(source: str) -> Telling:
    looks, top = looked(source)
    return Telling(Witness(Provenance(looks.sites, looks)), scan([("", top)]), top)


def test_a_cut_is_told_with_names_and_places() -> None:
    told = telling("w = torch.ones(2, requires_grad=True)\nh = w.detach()")
    (number,) = [number for number, event in enumerate(told.events) if event.kind == "detach"]
    cut = told.cut(number)
    assert (cut.kind, cut.spot.line, cut.spot.span, cut.operand.name, cut.target) == (
        "detach",
        2,
        (2, 4, 2, 14),
        "w",
        "h",
    )
    assert [(leaf.name, leaf.kind, leaf.reached, leaf.made and leaf.made.line) for leaf in cut.leaves] == [
        ("w", "tensor", 0, 1)
    ]


def test_a_source_goes_by_the_name_it_was_given() -> None:
    told = telling("def f():\n    inner = torch.zeros(3)\n    return inner * 2\ny = f()")
    assert told.source(0).value.name == "inner"


def test_two_shapes_that_met_are_told_with_their_names() -> None:
    told = telling("a = torch.ones(3, 1)\nb = torch.ones(3)\nc = a - b")
    meeting = told.meeting(2)
    assert (meeting.kind, meeting.words, meeting.left.name, meeting.right.shape) == ("broadcast", "-", "a", (3,))


def test_things_have_the_names_they_have_now() -> None:
    told = telling("net = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters())")
    top = told.top
    assert [told.name_of(thing) for thing in (top["net"], top["net"].weight, top["opt"], torch.ones(1))] == [
        "net",
        "net.weight",
        "opt",
        None,
    ]


def test_a_gradient_is_asked_for_without_a_warning() -> None:
    computed = torch.ones(1, requires_grad=True) * 2
    assert (grad_of(computed), is_float(computed), is_float(1.0)) == (None, True, False)
