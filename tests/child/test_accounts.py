"""A whole run as facts."""

from app.autograd import scan
from app.child.accounts import facts_of
from app.child.provenance import Provenance
from app.child.telling import Telling
from app.child.witness import Witness

from .looked import looked

SOURCE = """w = torch.ones(2, requires_grad=True)
h = (w * 2).detach()
old = w
same = w - old
w.requires_grad = False
"""


def test_everything_that_happened_is_there() -> None:
    looks, top = looked(SOURCE)
    facts = facts_of(Telling(Witness(Provenance(looks.sites, looks)), scan([("", top)]), top), SOURCE)
    assert [(cut.kind, cut.spot.line) for cut in facts.cuts] == [("detach", 2)]
    assert [source.value.name for source in facts.sources] == ["w"]
    assert [(call.words, [value.name for value in call.seen]) for call in facts.calls] == [("-", ["w", "old"])]
    assert [(bound.name, bound.value) for bound in facts.bindings] == [
        ("w", None),
        ("h", None),
        ("old", None),
        ("same", None),
        ("w.requires_grad", False),
    ]
    assert (facts.passes, facts.steps, facts.holdings, facts.source) == ([], [], [], SOURCE)


def test_an_optimizer_that_never_stepped_is_a_holding_without_steps() -> None:
    looks, top = looked("w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w])")
    facts = facts_of(Telling(Witness(Provenance(looks.sites, looks)), scan([("", top)]), top), "")
    assert [(each.name, each.steps, each.held) for each in facts.holdings] == [("opt", 0, (id(top["w"]),))]
