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
    assert {0, 3_000, 2_999, 2_920} <= set(kept.nodes.tolist()), "visited from the loss, the first steps come last"


def test_a_group_stays_with_what_is_in_it_and_beside_those_of_which_something_stays() -> None:
    chain = reading(workloads.chain(3_000)[0])
    kept, tree = keep(chain, 101), chain.tree
    with_nodes = {group for group in range(len(tree.parent)) if (tree.of_node[kept.nodes] == group).any()}
    assert with_nodes <= set(kept.groups)
    for group in kept.groups:
        brothers = [other for other, above in enumerate(tree.parent) if above == tree.parent[group]]
        assert set(brothers) <= set(kept.groups)
    assert [kept.number[group] for group in kept.groups] == list(range(len(kept.groups)))
