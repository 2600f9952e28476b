"""Second names for one tensor, and behaviour that is right but surprises."""

from dataclasses import replace

from app.events import Edge
from app.explain.facts import Binding, Call, Facts
from app.explain.noting import aliased, overwritten_quietly, several_paths

from .flows import chain
from .given import passed, spot, tensor

ALIAS = "old = w\nw -= 1\nprint(old - w)\n"


def aliases(changed: bool) -> Facts:
    compared = Call("-", spot(ALIAS, "old - w"), 9, (tensor("old", identity=3), tensor("w", identity=3)))
    bound = Binding("old", spot(ALIAS, "old = w"), 1, None, tensor("old", identity=3), operands=("w",))
    changes = [(3, spot(ALIAS, "w -= 1"), 5)] if changed else []
    return Facts(ALIAS, calls=[compared], bindings=[bound], changes=changes)


def test_a_tensor_compared_with_itself_after_a_change_is_told() -> None:
    (found,) = aliased(aliases(changed=True))
    assert (found.id, found.line, found.variable) == ("alias-not-copy", 1, "old")
    assert found.fixed_source == ALIAS.replace("old = w", "old = w.detach().clone()")
    assert list(aliased(aliases(changed=False))) == []


def test_an_in_place_relu_with_a_new_name_is_noted() -> None:
    source = "h = x * 3\na = F.relu(h, inplace=True)\n"
    now = tensor("a", is_leaf=False, identity=3)
    place = spot(source, "a = F.relu(h, inplace=True)")
    bindings = [Binding("h", spot(source, "h = x * 3"), 1, None, now), Binding("a", place, 2, None, now)]
    (found,) = overwritten_quietly(Facts(source, bindings=bindings, changes=[(3, place, 2)]))
    assert (found.id, found.severity, found.fixed_source) == (
        "inplace-relu-ok",
        "note",
        source.replace("inplace=True", "inplace=False"),
    )


def test_several_paths_to_a_leaf_are_counted() -> None:
    graph = chain("MulBackward0", "AccumulateGrad")
    twice = replace(graph, edges=(*graph.edges, Edge(tail=0, head=1, output_nr=0, input_nr=1)))
    (found,) = several_paths(Facts("", passes=[passed(1, graph=0)], graphs=[twice]))
    assert (found.id, found.line, found.variable, found.node) == ("same-tensor-twice", 1, "w", 1)
    assert list(several_paths(Facts("", passes=[passed(1, graph=0)], graphs=[graph]))) == []
