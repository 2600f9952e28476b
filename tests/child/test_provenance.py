"""Which expression made a node, and when a name was assigned."""

import torch

from app.child.instrument import Site
from app.child.provenance import Provenance
from app.child.tiling import sequence_nr


def test_a_node_belongs_to_the_mark_that_follows_it() -> None:
    site = Site(1, 0, 1, 5, None)
    provenance = Provenance([site])
    x = torch.ones(1, requires_grad=True)
    with provenance.noting():
        number = sequence_nr()
        import builtins

        y = vars(builtins)["gw:value"](x * 2, 0)
    assert y.grad_fn._sequence_nr() == number
    assert provenance.site_of(number) is site
    assert provenance.makes_target(number) is True


def test_what_is_skipped_belongs_to_nobody() -> None:
    provenance = Provenance([Site(1, 0, 1, 5, None)])
    number = sequence_nr()
    _ = torch.ones(1, requires_grad=True) * 2
    provenance.skip()
    assert provenance.site_of(number) is None


def test_the_newest_assignment_of_a_name_wins_within_its_function() -> None:
    sites = [
        Site(1, 0, 1, 5, None, ("w",)),
        Site(5, 0, 5, 5, None, ("w", "b")),
        Site(9, 0, 9, 5, "f", ("w",)),
    ]
    provenance = Provenance(sites)
    with provenance.noting():
        import builtins

        done = vars(builtins)["gw:done"]
        done(1)
        done(0)
        done(2)
    assert provenance.last_assigned(None, "w") == (2, 1)
    assert provenance.last_assigned("f", "w") == (3, 9)
    assert provenance.last_assigned(None, "missing") is None
