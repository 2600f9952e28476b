"""Optimizers that hold other tensors than those that got the gradients: plain facts, and who is told of what."""

from dataclasses import replace

from app.explain.facts import Binding, Facts, Holding, Step
from app.explain.unheld import left_out, others_held, part_replaced

from .given import leaf, spot, tensor

SOURCE = "opt = SGD(net.parameters())\nnet.head = Linear(2, 1)\n"
OPTIMIZER = replace(tensor("opt", identity=5), kind="optimizer")
BUILT = Binding("opt", spot(SOURCE, "opt = SGD(net.parameters())"), 1, None, OPTIMIZER)
NEW = replace(leaf("net.head.weight", identity=2, reached=2), kind="parameter")


def of_optimizer(with_grad: int, *, nameless: bool = False, later: tuple[Binding, ...] = ()) -> Facts:
    """An optimizer that holds tensor 1 and stepped twice, while tensor 2 got gradients."""
    gone = (tensor(None, identity=1),) if nameless else ()
    steps = [Step("opt", 5, None, moment, (1,), with_grad) for moment in (8, 9)]
    holding = Holding("opt", 5, (1,), 2, nameless=gone)
    return Facts(SOURCE, leaves=[NEW], holdings=[holding], steps=steps, bindings=[BUILT, *later])


def test_an_optimizer_that_holds_nothing_that_gets_gradients_is_told_where_it_was_built() -> None:
    (found,) = others_held(of_optimizer(0))
    assert (found.id, found.line, found.variable) == ("optimizer-holds-others", 1, "opt")
    assert list(others_held(of_optimizer(1))) == []


def test_a_part_that_was_replaced_afterwards_is_told_where_that_was_done() -> None:
    put = Binding("net.head", spot(SOURCE, "net.head = Linear(2, 1)"), 3, None, None)
    (found,) = part_replaced(of_optimizer(1, nameless=True, later=(put,)))
    assert (found.id, found.severity, found.line) == ("optimizer-holds-old-tensor", "warning", 2)
    earlier = replace(put, moment=0)
    assert list(part_replaced(of_optimizer(1, nameless=True, later=(earlier,)))) == []


def test_parameters_that_are_merely_left_out_are_a_note() -> None:
    (found,) = left_out(of_optimizer(1))
    assert (found.id, found.severity, found.line) == ("optimizer-misses-parameters", "note", 1)


def test_parameters_of_an_optimizer_that_did_not_step_yet_are_nobodys_fault() -> None:
    facts = of_optimizer(1)
    facts.holdings.append(Holding("other", 6, (2,), 0))
    assert list(left_out(facts)) == []
