"""A large graph as columns is the graph that its event would be, had it room."""

from dataclasses import replace

import pytest
import torch

from app.autograd import Kept, Reading, columns_of, graph_of, keep, read, scan, walk
from app.autograd import graph as graph_module
from app.events import MAX_NODES, Edge, Graph, Node, pack, unpack
from app.events.columns import GROUP_KINDS, KINDS, Columns
from tests.data import workloads

from .test_graph import Handmade


def reading(loss: torch.Tensor, **named: torch.Tensor) -> Reading:
    return read(walk([loss.grad_fn]), scan([("", {"loss": loss, **named})]), Handmade())


def text(columns: Columns, place: int) -> str | None:
    return columns.texts[place] if place >= 0 else None


def known(number: int) -> int | None:
    return number if number >= 0 else None


def nodes_of(columns: Columns) -> list[Node]:
    """The nodes a record holds, as an event tells them, but for what it leaves out."""
    return [
        Node(
            id=columns.ids[at],
            name=text(columns, columns.name[at]) or "",
            kind=KINDS[columns.kind[at]],  # type: ignore[arg-type]  # one of those a node may have
            variable=text(columns, columns.variable[at]),
            shape=columns.shapes[columns.shape[at]] if columns.shape[at] >= 0 else None,
            dtype=text(columns, columns.dtype[at]),
            line=known(columns.line[at]),
            column=known(columns.column[at]),
            end_line=known(columns.end_line[at]),
            end_column=known(columns.end_column[at]),
            function=text(columns, columns.function[at]),
            module=text(columns, columns.module[at]),
            sequence_nr=known(columns.sequence_nr[at]),
            group=f"g{columns.group[at]}" if columns.group[at] >= 0 else None,
        )
        for at in range(len(columns.ids))
    ]


def edges_of(columns: Columns) -> list[Edge]:
    starts = [0, *columns.ends]
    return [
        Edge(tail=columns.ids[tail], head=columns.ids[head], output_nr=output_nr, input_nr=input_nr)
        for tail in range(len(columns.ids))
        for head, output_nr, input_nr in zip(
            *(
                column[starts[tail] : starts[tail + 1]]
                for column in (columns.heads, columns.output_nrs, columns.input_nrs)
            ),
            strict=True,
        )
        if head >= 0
    ]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events with room for everything."""
    monkeypatch.setattr(graph_module, "MAX_NODES", 100_000)


def event(of: Reading) -> Graph:
    return graph_of(of, index=0, reason="backward", line=None)


@pytest.mark.usefixtures("room")
def test_a_record_holds_the_nodes_edges_and_groups_of_the_event_it_stands_for() -> None:
    loss, named = workloads.rnn(steps=500, d=4, n=2)
    of = reading(loss, **{name.replace(".", "_"): leaf for name, leaf in named.items()})
    told, columns = event(of), unpack(pack(columns_of(of, keep(of), "")))
    assert nodes_of(columns) == [replace(node, formula=None, saved=()) for node in told.nodes]
    assert edges_of(columns) == list(told.edges)
    assert [f"g{group}" for group in columns.opened] == list(told.opened)
    for place, group in enumerate(told.groups):
        assert (columns.texts[columns.label[place]], GROUP_KINDS[columns.group_kind[place]]) == (
            group.label,
            group.kind,
        )
        numbers = columns.nodes, columns.repeats, columns.inputs, columns.outputs, columns.parameters, columns.elements
        assert [column[place] for column in numbers] == [
            group.nodes, group.repeats, group.inputs, group.outputs, group.parameters, group.elements,
        ]  # fmt: skip
        shapes = tuple(columns.shapes[shape] for shape in columns.shape_lists[columns.input_shapes[place]])
        assert shapes == group.input_shapes


def test_what_does_not_stay_is_missing_from_the_edges_and_counted_in_the_groups() -> None:
    of = reading(workloads.chain(5_000)[0])
    kept = keep(of, 300)
    columns = unpack(pack(columns_of(of, kept, "Some.")))
    assert (columns.total_nodes, len(columns.ids), columns.nodes[0], columns.missing) == (5_001, 300, 5_001, "Some.")
    lost = [node for node in kept.nodes.tolist() if node < 5_000 and node + 1 not in kept.nodes]
    assert columns.heads.tolist().count(-1) == len(lost), "node n of a chain leads to node n + 1"


def test_the_event_of_a_large_graph_points_into_its_record() -> None:
    of = reading(workloads.chain(5_000)[0])
    kept: Kept = keep(of, 300)
    told = graph_of(of, index=0, reason="backward", line=None, kept=kept, missing="Some.")
    assert (len(told.nodes), told.total_nodes, told.recorded, told.missing) == (MAX_NODES, 5_001, 300, "Some.")
    assert [group.id for group in told.groups] == [f"g{number}" for number in range(len(kept.groups))]
    columns = columns_of(of, kept, "")
    assert [group.label for group in told.groups] == [columns.texts[label] for label in columns.label]
    assert {node.group for node in told.nodes} <= {group.id for group in told.groups}
