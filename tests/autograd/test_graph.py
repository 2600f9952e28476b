"""Walks turned into graph events, with places made up by hand."""

from typing import Any, NamedTuple

import numpy as np
import torch

from app.autograd import Found, ModulePlace, Names, Origins, describe, scan, walk
from app.events import MAX_NODES, Edge, Graph
from tests.data import workloads


class Line7(NamedTuple):
    """The only expression of a program."""

    line: int = 7
    column: int = 0
    end_line: int = 7
    end_column: int = 5
    function: str | None = "f"
    target: str | None = "assigned"


class Handmade:
    """Every node stands at line 7 of `f` and was made by the module `net.0`, every variable at line 1."""

    def origins(self, numbers: Any, names: Names) -> Origins:
        made = np.where(numbers >= 0, 0, -1)
        return Origins(made, made == 0, made, [Line7()], [-1], [0], [ModulePlace("net.0", "Block")])

    def line(self, found: Found) -> int | None:
        return 1


def described(root: torch.Tensor, **namespace: torch.Tensor) -> Graph:
    names = scan([("", namespace)])
    return describe(walk([root.grad_fn]), names, Handmade(), index=3, reason="final", line=9)


def test_a_node_carries_its_place_its_name_and_what_it_made() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    y = x.double().exp()
    node = described(y, y=y).nodes[0]
    assert (node.name, node.variable, node.shape, node.dtype) == ("ExpBackward0", "y", (2, 3), "float64")
    assert (node.line, node.column, node.end_line, node.end_column) == (7, 0, 7, 5)
    assert (node.function, node.module) == ("f", "net.0")
    assert node.value is not None


def test_a_value_without_a_name_goes_by_what_its_expression_was_assigned_to() -> None:
    assert described(torch.ones(2, requires_grad=True).exp()).nodes[0].variable == "assigned"


def test_a_leaf_goes_by_its_variable_and_has_no_sequence_number() -> None:
    w = torch.ones(2, requires_grad=True)
    leaf = described(w.exp(), w=w).nodes[1]
    assert (leaf.name, leaf.kind, leaf.variable, leaf.line, leaf.sequence_nr) == (
        "AccumulateGrad",
        "accumulate_grad",
        "w",
        1,
        None,
    )


def test_the_first_2000_nodes_travel_and_the_rest_is_counted() -> None:
    loss, _ = workloads.chain(MAX_NODES + 10)
    graph = described(loss)
    assert (len(graph.nodes), graph.total_nodes, graph.truncated) == (MAX_NODES, MAX_NODES + 11, True)
    assert graph.edges[-1] == Edge(tail=MAX_NODES - 2, head=MAX_NODES - 1, output_nr=0)


def test_values_stay_behind_in_a_graph_too_large_to_show_them() -> None:
    loss, named = workloads.chain(400)
    assert {node.value for node in described(loss, **named).nodes} == {None}


def test_an_edge_knows_its_place_in_next_functions_also_behind_a_constant() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    graph = describe(
        walk([torch.where(x > 0, torch.tensor(1.0), x).grad_fn]),
        Names(),
        Handmade(),
        index=0,
        reason="final",
        line=None,
    )
    assert graph.edges == (Edge(tail=0, head=1, output_nr=0, input_nr=1),)


def test_a_node_carries_its_formula() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    graph = describe(walk([x.exp().grad_fn]), Names(), Handmade(), index=0, reason="final", line=None)
    assert [node.formula for node in graph.nodes] == [
        "self: grad * result.conj()",
        "variable: variable.grad = variable.grad + grad, or grad where variable.grad is None",
    ]


def test_of_more_groups_than_an_event_holds_the_outermost_are_told_and_numbered_without_gaps() -> None:
    x = torch.ones(2, requires_grad=True)
    groups = described(torch.stack([x.exp().sin() for _ in range(5_000)]).sum()).groups
    assert len(groups) == MAX_NODES
    assert [group.id for group in groups] == [f"g{place}" for place in range(MAX_NODES)]
