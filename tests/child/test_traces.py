"""What lies behind a value, as long as the value lives."""

import torch

from app.child.glimpses import glimpse
from app.child.traces import NOTHING, Trace, Traces


def test_a_trace_is_found_by_the_value_and_forgotten_with_it() -> None:
    traces, x = Traces(), torch.ones(1)
    seen = glimpse(x)
    assert seen is not None
    traces.put(seen, Trace(frozenset({3})))
    assert traces.of(id(x)).events == {3}
    assert traces.behind() == {3: [x]}
    identity = id(x)
    del x
    assert traces.of(identity) is NOTHING


def test_traces_join() -> None:
    one, other = Trace(frozenset({1}), frozenset({5})), Trace(frozenset({2}))
    assert one.joined(other) == Trace(frozenset({1, 2}), frozenset({5}))
    assert NOTHING.joined(one) is one
    assert one.joined(NOTHING) is one


def test_nothing_leaves_no_trace() -> None:
    traces, seen = Traces(), glimpse(1.5)
    assert seen is not None
    traces.put(seen, NOTHING)
    assert traces.behind() == {}
