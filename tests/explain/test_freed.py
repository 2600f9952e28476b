"""A graph that was freed: which backward freed it, and what of it is shared."""

from app.explain.facts import Facts, Step
from app.explain.freed import second_time
from app.explain.trouble import Shared

from .given import passed, raised, spot

TWICE = "y = x ** 2\ny.backward()\ny.backward()\n"
TWO = "h = w ** 2\na = h * 3\nb = h.exp()\na.backward()\nb.backward()\n"
LOOP = "for t in range(2):\n    h = f(w * h)\n    l = h.sum()\n    l.backward()\n"
OUTSIDE = "h = f(w)\nfor t in range(2):\n    l = (h * v).sum()\n    l.backward()\n"
WORDS = "Trying to backward through the graph a second time"


def shared(source: str, made: str, by: str, **known: object) -> Shared:
    given = {"variable": "h", "again": False, **known}
    return Shared("PowBackward0", spot(source, made), by=1, by_spot=spot(source, by), **given)  # type: ignore[arg-type]


def test_the_same_graph_twice_is_kept_by_the_first_call() -> None:
    root = passed(2, spot(TWICE, "y.backward()", 2))
    trouble = raised(WORDS, root.spot, shared=shared(TWICE, "x ** 2", "y.backward()", again=True), root=root)
    found = second_time(Facts(TWICE), trouble)
    assert found is not None
    assert (found.id, found.line) == ("backward-twice", 3)
    assert found.fixed_source == TWICE.replace("y.backward()", "y.backward(retain_graph=True)", 1)


def test_two_losses_blame_the_call_that_freed() -> None:
    root = passed(2, spot(TWO, "b.backward()"))
    trouble = raised(WORDS, root.spot, shared=shared(TWO, "w ** 2", "a.backward()"), root=root)
    found = second_time(Facts(TWO, passes=[passed(1, spot(TWO, "a.backward()"))]), trouble)
    assert found is not None
    assert (found.id, found.line, found.variable) == ("two-losses-shared-graph", 4, "h")
    assert found.fixed_source == TWO.replace("a.backward()", "a.backward(retain_graph=True)")


def test_a_step_between_two_losses_leaves_the_correction_to_the_reader() -> None:
    root = passed(2, spot(TWO, "b.backward()"))
    trouble = raised(WORDS, root.spot, shared=shared(TWO, "w ** 2", "a.backward()"), root=root)
    facts = Facts(TWO, passes=[passed(1, spot(TWO, "a.backward()"))], steps=[Step("opt", 7, None, 15, (1,), 1)])
    found = second_time(facts, trouble)
    assert found is not None
    assert found.fixed_source is None


def test_a_state_that_a_loop_carries_is_cut_at_its_end() -> None:
    root = passed(2, spot(LOOP, "l.backward()"))
    trouble = raised(WORDS, root.spot, shared=shared(LOOP, "f(w * h)", "l.backward()", is_turned=True), root=root)
    found = second_time(Facts(LOOP), trouble)
    assert found is not None
    assert (found.id, found.line) == ("rnn-hidden-not-detached", 2)
    assert found.fixed_source == LOOP.rstrip("\n") + "\n    h = h.detach()\n"


def test_what_was_computed_before_the_loop_moves_into_it() -> None:
    root = passed(2, spot(OUTSIDE, "l.backward()"))
    trouble = raised(WORDS, root.spot, shared=shared(OUTSIDE, "f(w)", "l.backward()"), root=root)
    found = second_time(Facts(OUTSIDE), trouble)
    assert found is not None
    assert (found.id, found.line) == ("graph-outside-loop", 1)
    assert found.fixed_source == "for t in range(2):\n    h = f(w)\n    l = (h * v).sum()\n    l.backward()\n"
