"""What a second computation, the graph or torch itself says is wrong."""

from app.explain.checking import cyclic, twice_normalised, wrong_functions
from app.explain.facts import Facts, Heard, Wrong

from .flows import chain
from .given import leaf, passed, spot


def test_a_wrong_formula_is_told_where_backward_returns() -> None:
    source = "class Square(Function):\n    def backward(ctx, g):\n        return g * x\n"
    (found,) = wrong_functions(Facts(source, wrong=[Wrong("Square", "x", 3.0, 6.0)]))
    assert (found.id, found.line) == ("custom-function-wrong-grad", 3)
    assert found.explanation == (
        "Square.backward() does not give the derivative of its forward(): for x it gives 3 where finite differences give 6."
    )


def test_a_softmax_in_a_loss_that_has_one_is_seen_in_the_graph() -> None:
    graph = chain("NllLossBackward0", "LogSoftmaxBackward0", "SoftmaxBackward0", "AccumulateGrad")
    (found,) = twice_normalised(Facts("", graphs=[graph]))
    assert (found.id, found.line, found.node) == ("softmax-before-cross-entropy", 3, 2)
    assert list(twice_normalised(Facts("", graphs=[chain("LogSoftmaxBackward0", "AddmmBackward0")]))) == []


def test_a_cycle_is_told_in_torchs_words_and_asked_for_instead() -> None:
    source = "y.backward(create_graph=True)\n"
    words = "Using backward() with create_graph=True will create a reference cycle (Triggered internally at /x.)"
    place = spot(source, "y.backward(create_graph=True)")
    facts = Facts(source, leaves=[leaf("x")], heard=[Heard("UserWarning", words, None)])
    facts.passes = [passed(1, place, leaves=(1,), create_graph=True)]
    (found,) = cyclic(facts)
    assert (found.id, found.message) == ("create-graph-backward-warning", words.partition(" (Trig")[0])
    assert found.fixed_source == "x_grad, = torch.autograd.grad(y, x, create_graph=True)\n"
