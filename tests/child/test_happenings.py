"""What happens to values on their way, and what lies behind them then."""

from .looked import looked


def test_a_trace_goes_through_functions_and_temporary_values() -> None:
    looks, top = looked(
        "w = torch.ones(2, requires_grad=True)\nv = torch.ones(2, requires_grad=True)\n"
        "def f(t):\n    return t * 3\nloss = (f(w.detach()) * v).sum()"
    )
    events = looks.happenings.events
    assert [events[number].kind for number in looks.trace_of(top["loss"]).events] == ["detach"]


def test_a_sum_of_items_remembers_where_they_came_from() -> None:
    looks, top = looked(
        "w = torch.ones(2, requires_grad=True)\ntotal = 0.0\nfor i in range(3):\n    total += (w * i).sum().item()\n"
        "loss = torch.tensor(total, requires_grad=True)"
    )
    events = looks.happenings.events
    assert {events[number].kind for number in looks.trace_of(top["loss"]).events} == {"item"}


def test_sources_are_what_was_made_from_nothing() -> None:
    looks, top = looked("a = torch.zeros(2)\nb = torch.ones(2)\nc = a * 2 + b")
    events = looks.happenings.events
    lines = {looks.sites[events[number].site].line for number in looks.trace_of(top["c"]).sources}
    assert lines == {1, 2}


def test_shapes_that_were_stretched_are_noted() -> None:
    looks, _ = looked("a = torch.ones(3, 1)\nb = torch.ones(3)\nc = a - b\nd = a - 1")
    (event,) = [event for event in looks.happenings.events if event.kind == "broadcast"]
    assert [seen.shape for _, seen in event.seen] == [(3, 1), (3,)]


def test_a_cut_knows_the_leaves_behind_it_and_keeps_none_alive() -> None:
    looks, top = looked("w = torch.ones(1, requires_grad=True)\nh = (w * 2).exp().detach()")
    (cut,) = [event for event in looks.happenings.events if event.kind == "detach"]
    assert [ref() for ref in cut.leaves] == [top["w"]]
    del top["w"]
    assert [ref() for ref in cut.leaves] == [None]
