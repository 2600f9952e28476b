"""Where on its way a gradient became zero, or no number."""

import math

import pytest

from app.explain.flow import Flow, all_zero, has_nan, numbers_of

from .flows import chain, run, value

ONE, ZERO, NAN, INFINITE = value(1.0), value(0.0), value(math.nan), value(math.inf)
GRAPH = chain("SumBackward0", "ReluBackward0", "MulBackward0", "AccumulateGrad")


def test_a_gradient_vanishes_at_the_first_node_that_still_had_one() -> None:
    flow = Flow(GRAPH, run(ONE, ONE, ZERO, ZERO))
    ((leaf, gradient),) = flow.leaves()
    turn = flow.vanished(leaf)
    assert turn is not None
    assert (gradient, turn.node.name, turn.outgoing) == (ZERO, "ReluBackward0", ZERO)


def test_a_gradient_that_arrives_vanished_nowhere() -> None:
    flow = Flow(GRAPH, run(ONE, ONE, ONE, ONE))
    assert flow.vanished(GRAPH.nodes[-1]) is None


def test_numbers_end_where_finite_ones_come_in_and_others_go_out() -> None:
    flow = Flow(GRAPH, run(ONE, ONE, INFINITE, NAN))
    assert [turn.node.name for turn in flow.broken()] == ["ReluBackward0", "MulBackward0"]


@pytest.mark.parametrize(("held", "expected"), [(NAN, True), (INFINITE, False), (ONE, False), (None, False)])
def test_infinity_is_no_nan(held: object, expected: bool) -> None:
    assert has_nan(held) == expected  # type: ignore[arg-type]


def test_what_did_not_travel_is_not_known_to_be_zero() -> None:
    assert (all_zero(ZERO), all_zero(ONE), all_zero(None), numbers_of(value(1.0, 2.0)), numbers_of("x")) == (
        True,
        False,
        False,
        [1.0, 2.0],
        [],
    )
