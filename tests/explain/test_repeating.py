"""Gradients that pile up, and graphs gone through twice."""

from app.explain.facts import Facts, Holding
from app.explain.repeating import backward_again, never_stepped, only_added, used_again

from .given import leaf, passed, spot

LOOP = "for i in range(3):\n    f(w).backward()\n"
HERE = spot(LOOP, "f(w).backward()")


def turns(**later: object) -> Facts:
    passes = [passed(1, HERE, leaves=(1,)), *(passed(n, HERE, leaves=(1,), piled=(1,), **later) for n in (2, 3))]
    return Facts(LOOP, passes=passes, leaves=[leaf(reached=3)])


def test_a_loop_that_only_adds_is_told() -> None:
    (found,) = only_added(turns())
    assert (found.id, found.line, found.variable) == ("no-zero-grad", 2, "w")
    assert found.fixed_source == LOOP.replace("    f(w)", "    w.grad = None\n    f(w)")


def test_a_sum_that_is_read_behind_the_loop_is_meant() -> None:
    facts = turns()
    facts.source = LOOP + "print(w.grad / 3)\n"
    assert list(only_added(facts)) == []


def test_a_gradient_that_was_used_twice_is_told_wherever_it_stands() -> None:
    facts = turns(twice=(1,))
    facts.source = LOOP + "print(w.grad)\n"
    facts.leaves = [leaf(holder="opt")]
    (found,) = used_again(facts)
    assert found.fixed_source == facts.source.replace("    f(w)", "    opt.zero_grad()\n    f(w)")


def test_the_same_graph_twice_is_a_note() -> None:
    source = "y.backward()\ny.backward()\n"
    first, second = spot(source, "y.backward()"), spot(source, "y.backward()", 2)
    passes = [passed(1, first, leaves=(1,)), passed(2, second, leaves=(1,), piled=(1,), again=1)]
    (found,) = backward_again(Facts(source, passes=passes, leaves=[leaf()]))
    assert (found.id, found.severity, found.line) == ("backward-twice-no-saved", "note", 2)
    assert found.fixed_source == "y.backward()\n"


def test_an_optimizer_without_a_step_is_told_after_three_backwards() -> None:
    passes = [passed(n, HERE, leaves=(1,)) for n in (1, 2, 3)]
    (found,) = never_stepped(Facts(LOOP, passes=passes, holdings=[Holding("opt", 5, (1,), 0)]))
    assert found.id == "optimizer-never-steps"
    assert found.fixed_source == ("for i in range(3):\n    opt.zero_grad()\n    f(w).backward()\n    opt.step()\n")
    assert list(never_stepped(Facts(LOOP, passes=passes[:2], holdings=[Holding("opt", 5, (1,), 0)]))) == []
