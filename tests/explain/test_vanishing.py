"""Why a gradient is zero: each cause by a graph made by hand."""

import pytest

from app.events import Graph, TensorValue
from app.explain.facts import Facts
from app.explain.vanishing import all_zeros, flows, zero_because

from .flows import chain, run, value

ONE, ZERO = value(1.0, 1.0), value(0.0, 0.0)


def graph(name: str, saved: dict[str, TensorValue], leaf: TensorValue = ONE) -> Graph:
    return chain("SumBackward0", name, "AccumulateGrad", saved={name: saved}, leaf=leaf)


def why(made: Graph, *gradients: TensorValue) -> str | None:
    (flow,) = flows([made], [run(*gradients)])
    leaf = made.nodes[-1]
    turn = flow.vanished(leaf)
    cause = zero_because(flow, leaf, turn) if turn is not None else None
    return cause.id if cause is not None else None


@pytest.mark.parametrize(
    ("made", "id"),
    [
        (graph("ReluBackward0", {"result": ZERO}), "dead-relu"),
        (graph("ReluBackward0", {"result": ONE}), None),
        (graph("SigmoidBackward0", {"result": value(1.0, 0.0)}), "saturated"),
        (graph("SigmoidBackward0", {"result": value(0.5, 0.5)}), None),
        (graph("TanhBackward0", {"result": value(-1.0, 1.0)}), "saturated"),
        (graph("RoundBackward0", {}), "flat-function"),
        (graph("SoftmaxBackward0", {"result": value(0.5, 0.5)}), "softmax-sum-zero-grad"),
        (graph("MulBackward0", {"other": ZERO}), "zero-factor"),
        (graph("MulBackward0", {"other": ONE}), None),
        (graph("ViewBackward0", {}), None),
    ],
)
def test_a_zero_has_the_cause_that_its_node_proves(made: Graph, id: str | None) -> None:
    assert why(made, ONE, ONE, ZERO) == id


def test_a_small_gradient_is_not_zero() -> None:
    assert why(graph("ReluBackward0", {"result": ZERO}), ONE, ONE, value(1e-9, 0.0)) is None


def test_a_leaf_that_learns_later_raises_no_alarm() -> None:
    made = graph("ReluBackward0", {"result": ZERO})
    first, later = run(ONE, ONE, ZERO), run(ONE, ONE, ONE)
    assert [each.id for each in all_zeros(Facts("", graphs=[made], recorded=[first]))] == ["dead-relu"]
    assert list(all_zeros(Facts("", graphs=[made], recorded=[first, later]))) == []
