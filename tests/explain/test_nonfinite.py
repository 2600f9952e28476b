"""Gradients and losses that are no numbers: the node, the loop, or the forward that made them so."""

import math

from app.explain.facts import Facts, Growth
from app.explain.nonfinite import nan_because, no_numbers
from app.explain.things import spot_at
from app.explain.vanishing import flows

from .flows import chain, run, value
from .given import spot

ONE, INFINITE, NAN = value(1.0), value(math.inf), value(math.nan)
GRAPH = chain("SumBackward0", "SqrtBackward0", "PowBackward0", "AccumulateGrad")
SOURCE = "a\ny = torch.sqrt(x ** 2).sum()\n"


def test_infinity_times_zero_is_told_with_both_nodes() -> None:
    facts = Facts(SOURCE, graphs=[GRAPH], recorded=[run(ONE, ONE, INFINITE, NAN)])
    (found,) = no_numbers(facts)
    assert (found.id, found.line, found.variable, found.node) == ("sqrt-square-nan", 2, "w", 1)
    assert found.explanation == (
        "SqrtBackward0 on line 2 gave an infinite gradient (its slope there is infinite), and PowBackward0 multiplied it"
        " by 0: 0 * inf is NaN, and that is what w.grad holds."
    )
    assert found.fixed_source == SOURCE.replace("x ** 2", "x ** 2 + 1e-12")


def test_a_seed_that_is_no_number_was_not_made_in_the_backward() -> None:
    (flow,) = flows([GRAPH], [run(NAN, NAN, NAN, NAN)])
    assert nan_because(flow, GRAPH.nodes[-1]) is None


LOOP = "for i in range(9):\n    loss = f(w)\n    loss.backward()\n    w -= 3 * w.grad\n"


def test_a_loss_that_grew_blames_the_update() -> None:
    facts = Facts(LOOP, growth=Growth(spot_at(3), 1.0, 40, 38), changes=[(1, spot(LOOP, "w -= 3 * w.grad"), 5)])
    (found,) = no_numbers(facts)
    assert (found.id, found.line) == ("exploding-gradient", 4)


def test_a_loss_that_was_no_number_at_once_is_told_as_such() -> None:
    (found,) = no_numbers(Facts(LOOP, growth=Growth(spot_at(3), math.nan, 1, 0)))
    assert (found.id, found.line) == ("loss-no-number", 3)
