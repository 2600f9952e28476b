"""What of a large graph stays with its run."""

import torch

from app.autograd import Reading, keep, read, scan, walk
from tests.data import workloads

from .test_graph import Handmade


def reading(loss: torch.Tensor) -> Reading:
    return read(walk([loss.grad_fn]), scan([]), Handmade())


def test_everything_stays_where_there_is_room() -> None:
    kept = keep(reading(workloads.chain(3_000)[0]))
    assert (kept.nodes.tolist(), kept.groups) == (list(range(3_001)), list(range(len(kept.number))))


def test_of_a_huge_one_the_first_of_all_that_repeats_stays_and_the_root() -> None:
    chain = reading(workloads.chain(3_000)[0])
    kept = keep(chain, 101)
    assert len(kept.nodes) == 101
    assert {0, 3_000, 2_999, 2_960} <= set(kept.nodes.tolist()), "visited from the loss, the first steps come last"


def test_of_every_other_group_the_two_ends_stay_and_so_what_leads_from_one_to_the_next() -> None:
    chain = reading(workloads.chain(3_000)[0])
    kept, of_node = keep(chain, 1_000), chain.tree.of_node
    inside = set(kept.nodes.tolist())
    assert set(of_node[kept.nodes].tolist()) == set(of_node.tolist())
    for tail in range(3_000):  # node n of a chain leads to node n + 1
        if of_node[tail] != of_node[tail + 1]:
            assert {tail, tail + 1} <= inside


def test_a_group_stays_with_what_is_in_it_and_beside_those_of_which_something_stays() -> None:
    chain = reading(workloads.chain(3_000)[0])
    kept, tree = keep(chain, 101), chain.tree
    with_nodes = {group for group in range(len(tree.parent)) if (tree.of_node[kept.nodes] == group).any()}
    assert with_nodes <= set(kept.groups)
    for group in kept.groups:
        brothers = [other for other, above in enumerate(tree.parent) if above == tree.parent[group]]
        assert set(brothers) <= set(kept.groups)
    assert [kept.number[group] for group in kept.groups] == list(range(len(kept.groups)))
