"""A loop's backwards taken at their word: what may change meanwhile, and that it is noticed."""

from app.child.repeats import SAME, TRUSTED

from .conftest import Observed

LOOP = "w, v = (torch.ones((), requires_grad=True) for _ in 'ab')\nfor turn in range({turns}):\n    {body}\n"
MANY = SAME + 3 * TRUSTED


def test_a_leafs_arrivals_are_counted_through(observed: Observed) -> None:
    told = observed(LOOP.format(turns=MANY, body="(w * 2).backward()"))
    assert f"{MANY} backward" in told.tensor("w").explanation


def test_arrivals_begin_anew_where_the_gradient_was_emptied_in_the_middle(observed: Observed) -> None:
    told = observed(LOOP.format(turns=MANY, body=f"(w * 2).backward()\n    if turn == {MANY - 3}: w.grad = None"))
    assert (
        told.tensor("w").explanation
        == observed("w = torch.ones((), requires_grad=True)\nfor _ in 'ab':\n    (w * 2).backward()")
        .tensor("w")
        .explanation
    )


def test_a_change_of_the_expression_is_noticed_at_once(observed: Observed) -> None:
    told = observed(LOOP.format(turns=MANY, body=f"y = w * 2 if turn < {SAME + 5} else w + 2\n    y.backward()"))
    assert [graph.nodes[0].name for graph in told.graphs] == ["MulBackward0", "AddBackward0"]
    assert [backward.graph for backward in told.backwards].index(1) == SAME + 5


def test_a_change_that_only_the_graph_shows_is_noticed_a_few_steps_late_at_most(observed: Observed) -> None:
    change = SAME + 5
    told = observed(
        LOOP.format(turns=change + TRUSTED + 2, body=f"y = (w.sin if turn < {change} else w.cos)()\n    y.backward()")
    )
    assert [graph.nodes[0].name for graph in told.graphs] == ["SinBackward0", "CosBackward0"]


def test_a_backward_that_fails_in_a_steady_loop_fails_as_it_would(observed: Observed) -> None:
    told = observed(
        "def fail(_): raise KeyError('hook')\n"
        + LOOP.format(turns=MANY, body=f"y = w * 2\n    if turn == {SAME + 5}: w.register_hook(fail)\n    y.backward()")
    )
    assert (told.exception.kind, len(told.values("loss"))) == ("KeyError", SAME + 5)
    last = told.backwards[-1]
    assert (last.number, last.raised, last.recorded, last.freed) == (SAME + 6, True, False, (0,))


def test_nothing_is_kept_alive(observed: Observed) -> None:
    told = observed(
        "import gc, weakref\ndef train():\n    w = torch.ones((), requires_grad=True)\n"
        f"    for _ in range({MANY}):\n        (w * 2).backward()\n    return weakref.ref(w)\n"
        "gone = train()\ngc.collect()\nprint(gone())"
    )
    assert told.stdout == "None\n"
