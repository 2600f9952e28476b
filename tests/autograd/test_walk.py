"""Walks of real graphs. The oracle is a graph drawn by hand beside each program, or the bare traversal."""

import sys

import pytest
import torch

from app.autograd import outer_roots, walk
from tests.data import workloads


def names_and_edges(*roots: torch.Tensor) -> tuple[list[str], list[tuple[int, int, int]]]:
    walked = walk([root.grad_fn for root in roots])
    return walked.names(), list(walked.edges())


def test_an_expression_is_walked_from_its_root_to_its_leaf() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    assert names_and_edges(x**2 + 3) == (["AddBackward0", "PowBackward0", "AccumulateGrad"], [(0, 1, 0), (1, 2, 0)])


def test_a_node_on_two_paths_is_visited_once() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x.exp()
    assert names_and_edges(y * y) == (
        ["MulBackward0", "ExpBackward0", "AccumulateGrad"],
        [(0, 1, 0), (0, 1, 0), (1, 2, 0)],
    )


def test_edges_to_constants_are_left_out() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    assert names_and_edges(torch.ones(()) * x) == (["MulBackward0", "AccumulateGrad"], [(0, 1, 0)])


def test_no_roots_give_an_empty_walk() -> None:
    walked = walk([])
    assert (walked.order, list(walked.edges()), walked.roots) == ([], [], 0)


def test_a_ladder_with_3_to_the_200_paths_is_walked_in_its_601_nodes() -> None:
    loss, _ = workloads.ladder(200)
    names, edges = names_and_edges(loss)
    assert (len(names), len(edges)) == workloads.walk(loss.grad_fn) == (601, 1000)


def test_depth_far_beyond_the_recursion_limit_is_walked() -> None:
    depth = 5 * sys.getrecursionlimit()
    loss, _ = workloads.chain(depth)
    assert len(walk([loss.grad_fn]).order) == depth + 1


@pytest.mark.parametrize("name", ["mlp", "resnet18", "expr"])
def test_node_and_edge_counts_equal_the_bare_traversals(name: str) -> None:
    loss, _ = workloads.WORKLOADS[name]()
    names, edges = names_and_edges(loss)
    assert (len(names), len(edges)) == workloads.walk(loss.grad_fn)


def test_an_outer_root_is_one_that_no_other_leads_to() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x * 2
    z, w = y + 1, x.exp()
    assert outer_roots([y.grad_fn, z.grad_fn, w.grad_fn]) == [z.grad_fn, w.grad_fn]


def test_a_route_says_which_input_of_the_tail_it_leads_from() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    walked = walk([(3 - 2 / x).grad_fn])
    routes = [(walked.names()[tail], input_nr, walked.names()[head]) for tail, input_nr, head, _ in walked.routes(10)]
    assert routes == [
        (
            walked.names()[tail],
            [edge for edge, _ in walked.order[tail].next_functions].index(walked.order[head]),
            walked.names()[head],
        )
        for tail, head, _ in walked.edges()
    ]


def test_a_walk_that_is_cut_has_the_first_nodes_and_the_edges_between_them() -> None:
    loss, _ = workloads.ladder(5)
    whole, cut = walk([loss.grad_fn]), walk([loss.grad_fn], 7)
    assert (cut.order, cut.whole, whole.whole) == (whole.order[:7], False, True)
    assert list(cut.edges()) == [edge for edge in whole.edges() if max(edge[:2]) < 7]
    assert walk([loss.grad_fn], 16).whole


def test_one_candidate_is_an_outer_root_without_a_walk() -> None:
    loss, _ = workloads.chain(3)
    assert outer_roots([loss.grad_fn, loss.grad_fn]) == [loss.grad_fn]
