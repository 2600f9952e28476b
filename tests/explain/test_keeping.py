"""Graphs kept for nothing, changes that autograd cannot see, forward() by its name."""

from app.explain.facts import Call, Facts, HiddenChange, Kept
from app.explain.keeping import forward_called, hidden_changes, kept_graphs
from app.explain.things import Value

from .given import spot


def test_a_hidden_change_is_told_with_the_node_that_had_saved_it() -> None:
    source = "y = x.exp()\ny.data.mul_(2)\n"
    change = HiddenChange("ExpBackward0", 1, spot(source, "y.data.mul_(2)"), "y")
    (found,) = hidden_changes(Facts(source, hidden=[change]))
    assert (found.id, found.line, found.variable) == ("data-changes-saved", 2, "y")


def test_losses_are_gathered_without_their_graphs() -> None:
    appended = "for i in r:\n    losses.append(loss)\n"
    (found,) = kept_graphs(Facts(appended, kept=[Kept("losses", 5)]))
    assert (found.id, found.line) == ("graphs-kept", 2)
    assert found.fixed_source == appended.replace("(loss)", "(loss.detach())")
    added = "for i in r:\n    total += loss\n"
    (found,) = kept_graphs(Facts(added, kept=[Kept("total", 5)]))
    assert found.fixed_source == added.replace("+= loss", "+= loss.detach()")


def test_what_no_loop_gathers_is_left_alone() -> None:
    assert list(kept_graphs(Facts("total += loss\n", kept=[Kept("total", 5)]))) == []


def test_a_module_is_called_itself() -> None:
    source = "y = net.forward(x)"
    call = Call("forward", spot(source, "net.forward(x)"), 1, (Value("net", "module"),))
    (found,) = forward_called(Facts(source, calls=[call]))
    assert (found.id, found.severity, found.fixed_source) == ("forward-called-directly", "note", "y = net(x)")
