"""What reports say of whole programs, and how often."""

from app.events import Tensor

from .conftest import Observed


def test_every_variable_is_reported_with_the_reason_of_its_grad(observed: Observed) -> None:
    told = observed(
        "a = torch.ones(1, requires_grad=True)\nb = torch.ones(1, requires_grad=True)\nc = torch.ones(1)\n"
        "d = a * 2\nd.sum().backward()\ne = torch.ones(1, requires_grad=True)"
    )
    assert {tensor.name: tensor.grad_reason for tensor in told.all(Tensor)} == {
        "a": "present",
        "b": "unreachable",
        "c": "requires_grad_false",
        "d": "not_a_leaf",
        "e": "no_backward_yet",
    }


def test_a_grad_that_was_cleared_says_so(observed: Observed) -> None:
    told = observed("x = torch.ones(1, requires_grad=True)\n(x * 2).sum().backward()\nx.grad = None")
    tensor = told.tensor("x")
    assert tensor.grad_reason == "no_backward_yet"
    assert tensor.explanation == (
        "backward() on line 2 filled x.grad, but it was set back to None since then (zero_grad() does that), and no "
        "backward() has reached it after."
    )


def test_accumulation_is_counted(observed: Observed) -> None:
    told = observed("x = torch.ones(1, requires_grad=True)\nfor _ in range(3):\n    (x * 2).sum().backward()")
    assert told.tensor("x").explanation == (
        "x is a leaf that requires grad, and 3 backwards reached it since .grad was None, the last on line 3: each adds "
        "to what is there."
    )


def test_a_leaf_points_to_the_node_that_fills_it(observed: Observed) -> None:
    told = observed("x = torch.ones(1, requires_grad=True)\nz = (x * 2).sum()\nz.backward()")
    assert [told.tensor(name).node for name in ("z", "x")] == [0, 2]


def test_backward_with_inputs_fills_only_those(observed: Observed) -> None:
    told = observed(
        "x = torch.ones(1, requires_grad=True)\ny = torch.ones(1, requires_grad=True)\n"
        "(x * y).sum().backward(inputs=[x])"
    )
    assert (told.tensor("x").grad_reason, told.tensor("y").grad_reason) == ("present", "unreachable")


def test_a_report_that_did_not_change_is_not_sent_again(observed: Observed) -> None:
    told = observed("c = torch.ones(1)\nx = torch.ones(1, requires_grad=True)\n(x * 2).sum().backward()")
    assert [tensor.name for tensor in told.all(Tensor)] == ["c", "x"]


def test_lent_names_are_not_reported(observed: Observed) -> None:
    assert observed("x = torch.ones(1)\nlog(0, loss=1.0)").all(Tensor)[0].name == "x"


def test_aliases_are_joined(observed: Observed) -> None:
    tensor = observed("x = torch.ones(1)\ny = x\nboth = [x]").tensor("x")
    assert tensor.aliases == ("y", "both[0]")
