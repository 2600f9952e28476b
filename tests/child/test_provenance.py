"""Spans of sequence numbers and who owns them."""

import contextlib

import torch
from torch import nn

from app.child.instrument import Site
from app.child.provenance import NOWHERE, Provenance, Tiling, sequence_nr


def tiling(*spans: tuple[int, int]) -> Tiling:
    tiles = Tiling()
    for start, owner in spans:
        tiles.starts.append(start)
        tiles.owners.append(owner)
    return tiles


def test_a_number_belongs_to_the_span_that_holds_it() -> None:
    tiles = tiling((10, 0), (12, 1), (20, 2))
    assert [tiles.owner_of(number) for number in (9, 10, 11, 12, 19, 25)] == [NOWHERE, 0, 0, 1, 1, 2]


def test_a_span_ends_where_the_next_begins() -> None:
    tiles = tiling((10, 0), (12, 1))
    assert (tiles.ends_at(11), tiles.ends_at(12)) == (12, None)


def test_forgetting_drops_the_older_half() -> None:
    tiles = tiling((10, 0), (12, 1), (14, 2), (16, 3))
    tiles.forget_half()
    assert (tiles.owner_of(11), tiles.owner_of(15)) == (NOWHERE, 2)


def test_a_node_belongs_to_the_mark_that_follows_it() -> None:
    site = Site(1, 0, 1, 5, None)
    provenance = Provenance([site])
    x = torch.ones(1, requires_grad=True)
    with provenance.noting():
        number = sequence_nr()
        import builtins

        y = vars(builtins)["_gw_value"](x * 2, 0)
    assert y.grad_fn._sequence_nr() == number
    assert provenance.site_of(number) is site
    assert provenance.makes_target(number) is True


def test_what_is_skipped_belongs_to_nobody() -> None:
    provenance = Provenance([Site(1, 0, 1, 5, None)])
    number = sequence_nr()
    _ = torch.ones(1, requires_grad=True) * 2
    provenance.skip()
    assert provenance.site_of(number) is None


def test_a_module_that_raises_leaves_the_stack_as_it_was() -> None:
    class Raises(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise ValueError

    provenance = Provenance([])
    outer = nn.Sequential(Raises())
    with provenance.noting():
        with contextlib.suppress(ValueError):
            outer(torch.ones(1))
        number = sequence_nr()
        _ = torch.ones(1, requires_grad=True) * 2
    assert provenance.module_call_of(number) is None


def test_a_module_called_twice_is_one_module_and_is_not_kept_alive() -> None:
    provenance = Provenance([])
    linear = nn.Linear(1, 1)
    with provenance.noting():
        number = sequence_nr()
        linear(linear(torch.ones(1)))
    (call,) = provenance.calls
    assert call.module() is linear
    assert provenance.module_call_of(number) is call
    del linear
    assert call.module() is None


def test_the_newest_assignment_of_a_name_wins_within_its_function() -> None:
    sites = [
        Site(1, 0, 1, 5, None, ("w",)),
        Site(5, 0, 5, 5, None, ("w", "b")),
        Site(9, 0, 9, 5, "f", ("w",)),
    ]
    provenance = Provenance(sites)
    with provenance.noting():
        import builtins

        done = vars(builtins)["_gw_done"]
        done(1)
        done(0)
        done(2)
    assert provenance.last_assigned(None, "w") == (2, 1)
    assert provenance.last_assigned("f", "w") == (3, 9)
    assert provenance.last_assigned(None, "missing") is None
