"""Which mark changed a tensor in place, through a view too."""

import torch

from app.child.versions import Rise, Versions


def test_a_change_through_a_view_is_found_under_the_base() -> None:
    versions, base = Versions(), torch.zeros(3)
    assert not versions.meet(base, 0, 1)
    part = base[1:]
    part += 1
    assert versions.meet(part, 4, 2)
    storage = base.untyped_storage()._cdata
    assert versions.culprit(storage, 0) == Rise(storage, 0, 1, 4, 2)


def test_of_several_changes_the_first_after_saving_is_the_culprit() -> None:
    versions, x = Versions(), torch.zeros(3)
    versions.meet(x, 0, 0)
    for site in (1, 2, 3):
        x += 1
        versions.meet(x, site, site)
    found = versions.culprit(x.untyped_storage()._cdata, 1)
    assert found is not None
    assert found.site == 2


def test_a_change_that_was_not_seen_is_laid_on_who_changed_it_last() -> None:
    versions, x = Versions(), torch.zeros(3)
    versions.meet(x, 0, 0)
    x += 1
    versions.meet(x, 7, 1)
    x += 1
    assert versions.meet(x, None, 2)
    found = versions.culprit(x.untyped_storage()._cdata, 1)
    assert found is not None
    assert found.site == 7


def test_what_has_no_storage_is_left_alone() -> None:
    assert not Versions().meet(torch.eye(2).to_sparse(), 0, 0)
