"""What of large graphs stays with a run."""

import pytest

from app.child import records
from app.child.outbox import Outbox
from app.child.records import Records
from app.events import Record, unpack

from ..autograd.test_keeping import reading
from ..data import workloads
from .conftest import Observed

CHAIN = "y = x = torch.ones((), requires_grad=True)\nfor _ in range({steps}): y = y * 2\ny.backward()\n"


def test_a_large_graph_leaves_a_record_and_a_small_one_none(observed: Observed) -> None:
    told = observed(CHAIN.format(steps=20) + CHAIN.format(steps=3_000))
    (record,) = told.all(Record)
    assert (record.graph, len(unpack(record.data).ids)) == (1, 3_001)
    assert [(graph.recorded, graph.missing) for graph in told.graphs] == [(21, ""), (3_001, "")]


def test_whoever_sees_a_graph_finds_its_record(observed: Observed) -> None:
    told = observed(CHAIN.format(steps=3_000))
    assert [event.type for event in told.events if event.type in ("record", "graph")] == ["record", "graph"]


def test_records_are_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(records, "MAX_RECORDS", 1)
    run, large = Records(Outbox(sent.append)), reading(workloads.chain(2_500)[0])
    kept, missing = run.send(0, large)
    assert (kept is not None, missing, len(sent)) == (True, "", 1)
    kept, missing = run.send(1, large)
    assert (kept, len(sent)) == (None, 1)
    assert missing.startswith("This graph has 2,501 nodes, of which only the 2,000 shown at first stayed")


def test_a_record_that_would_be_too_long_keeps_less(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(records, "MOST_OF_ONE", 8_000)
    kept, missing = Records(Outbox(sent.append)).send(0, reading(workloads.chain(20_000)[0]))
    assert kept is not None
    assert (len(sent[0]) < 8_100, 2 < len(kept.nodes) < 20_001) == (True, True)
    assert missing == (
        f"Of the 20,001 nodes of this graph {len(kept.nodes):,} stayed with the run: the first of all that repeats, "
        "and of the other groups the two ends. The groups count all of them; one of which nothing stayed cannot be "
        "opened."
    )
