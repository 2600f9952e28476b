"""What optimizers and modules hold, beside what got the gradients."""

from app.explain.facts import Binding, Facts, Holding, Loose, Step
from app.explain.holding import frozen, old_tensors, unregistered

from .given import leaf, spot, tensor

OLD = "opt = SGD([w])\nw = w.double()\nopt.step()\n"


def test_an_optimizer_of_an_old_tensor_is_built_later() -> None:
    bound = Binding("w", spot(OLD, "w = w.double()"), 2, tensor("w", identity=1), tensor("w", identity=2))
    facts = Facts(
        OLD,
        leaves=[leaf("w", identity=2, reached=1)],
        holdings=[Holding("opt", 5, (1,), 1, nameless=(tensor(None, identity=1),))],
        steps=[Step("opt", 5, None, 9, (1,), 0)],
        bindings=[bound],
    )
    (found,) = old_tensors(facts)
    assert (found.id, found.line, found.variable) == ("optimizer-holds-old-tensor", 2, "w")
    assert found.fixed_source == "w = w.double()\nopt = SGD([w])\nopt.step()\n"


FROZEN = "net.weight.requires_grad = False\nfor p in net.parameters():\n    p.requires_grad = False\n"


def of_frozen(text: str) -> Facts:
    value = tensor("net.weight", identity=1, requires_grad=False)
    bound = Binding("net.weight.requires_grad", spot(FROZEN, text), 2, None, value, value=False)
    return Facts(FROZEN, bindings=[bound], holdings=[Holding("opt", 5, (1,), 1, frozen=(value,))])


def test_one_tensor_frozen_by_itself_is_a_warning_and_many_in_a_loop_a_note() -> None:
    (alone,) = frozen(of_frozen("net.weight.requires_grad = False"))
    (looped,) = frozen(of_frozen("p.requires_grad = False"))
    assert [(each.id, each.severity, each.line) for each in (alone, looped)] == [
        ("frozen-parameter", "warning", 1),
        ("frozen-parameter", "note", 3),
    ]
    assert alone.fixed_source == FROZEN.partition("\n")[2]


def test_a_constant_in_an_optimizer_is_told_where_it_is_made() -> None:
    source = "b = torch.zeros(2)"
    value = tensor("b", requires_grad=False, made=spot(source, "torch.zeros(2)"))
    (found,) = frozen(Facts(source, holdings=[Holding("opt", 5, (1,), 1, frozen=(value,))]))
    assert (found.id, found.fixed_source) == ("optimizer-holds-constant", "b = torch.zeros(2).requires_grad_()")


def loose(kind: str, source: str, text: str, container: str = "", held: tuple[int, ...] = (7,)) -> Facts:
    part = Loose(kind, "Net", "part", spot(source, text), (tensor(None, identity=1),), container, siblings=(7,))
    step = Step("opt", 5, None, 9, held, 1)
    return Facts(source, leaves=[leaf(reached=1)], loose=[part], holdings=[Holding("opt", 5, held, 1)], steps=[step])


def test_a_plain_tensor_becomes_a_parameter() -> None:
    source = "self.part = torch.ones(1, requires_grad=True)"
    (found,) = unregistered(loose("tensor", source, source))
    assert (found.id, found.variable) == ("tensor-not-parameter", "self.part")
    assert found.fixed_source == "self.part = torch.nn.Parameter(torch.ones(1))"


def test_layers_in_a_list_or_a_dictionary_are_registered() -> None:
    source = "self.part = [nn.Linear(1, 1)]"
    (found,) = unregistered(loose("layers", source, source, "list"))
    assert (found.id, found.fixed_source) == (
        "unregistered-layers",
        "self.part = torch.nn.ModuleList([nn.Linear(1, 1)])",
    )


def test_a_module_that_no_optimizer_trains_may_hold_what_it_likes() -> None:
    source = "self.part = torch.ones(1, requires_grad=True)"
    assert list(unregistered(loose("tensor", source, source, held=(8,)))) == []
    assert list(unregistered(loose("tensor", source, source, held=(7, 1)))) == []
