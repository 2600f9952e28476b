"""Recorded backwards. The oracles are finite differences in float64, torch's own `.grad`, and sums done by hand."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from app.autograd import Recorder, Walk, walk
from app.events import GradChange, Step, TensorValue

from .operations import OPERATIONS, Operation


class Recorded:
    """One backward of `root`, recorded."""

    def __init__(self, root: torch.Tensor, work: Callable[[], Any] | None = None, numbers: int = 20_000) -> None:
        self.walked: Walk = walk([root.grad_fn])
        self.names = self.walked.names()
        seed = torch.ones_like(root, requires_grad=False)
        self.recorder = Recorder(self.walked, [(root.grad_fn, 0, seed)], nodes=2_000, numbers=numbers)
        self.recorder.hook()
        try:
            (work or (lambda: root.backward(torch.ones_like(root))))()
        except RuntimeError:
            self.recorder.note_failure(self.walked, None)
        finally:
            self.recorder.unhook()
        assert self.recorder.failure is None

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.recorder.steps()

    def change(self, leaf: torch.Tensor) -> GradChange:
        (node,) = [at for at, each in enumerate(self.walked.order) if getattr(each, "variable", None) is leaf]
        return self.recorder.changes()[node]

    def numbers(self) -> list[tuple[str, Any, Any]]:
        """Each step as (node, what went in, what came out)."""
        return [(self.names[step.node], data(step.grad_outputs), data(step.grad_inputs)) for step in self.steps]


def data(values: tuple[TensorValue | None, ...]) -> tuple[Any, ...]:
    return tuple(value and value.data for value in values)


def as_tensor(value: TensorValue | None) -> torch.Tensor:
    assert value is not None
    assert value.data is not None
    return torch.tensor(value.data, dtype=torch.float64).reshape(value.shape)


def scalar(operation: Operation, inputs: list[torch.Tensor]) -> torch.Tensor:
    """A number of the operation's result in which every element counts differently."""
    result = operation.function(*inputs)
    weights = torch.linspace(0.5, 1.5, result.numel(), dtype=result.dtype).reshape(result.shape)
    return (result * weights).sum()


def differences(operation: Operation, inputs: list[torch.Tensor], which: int) -> torch.Tensor:
    """Central differences by each element of one input."""
    gradient = torch.zeros(inputs[which].numel(), dtype=torch.float64)
    for at in range(len(gradient)):
        ends = []
        for shift in (1e-6, -1e-6):
            shifted = [each.detach().clone() for each in inputs]
            shifted[which].view(-1)[at] += shift
            ends.append(float(scalar(operation, shifted)))
        gradient[at] = (ends[0] - ends[1]) / 2e-6
    return gradient.reshape(inputs[which].shape)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_recorded_gradient_is_the_derivative_and_what_torch_put_into_grad(operation: Operation) -> None:
    inputs = operation.inputs()
    recorded = Recorded(scalar(operation, inputs))
    for which, leaf in enumerate(inputs):
        change = recorded.change(leaf)
        assert change.old is None
        assert torch.equal(as_tensor(change.added), leaf.grad)  # type: ignore[arg-type]  # backward has just filled it
        assert change.new == change.added
        torch.testing.assert_close(as_tensor(change.added), differences(operation, inputs, which), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_what_a_node_begins_with_is_the_sum_of_what_its_edges_brought(operation: Operation) -> None:
    recorded = Recorded(scalar(operation, operation.inputs()))
    steps = {step.node: step for step in recorded.steps}
    assert [step.arrived for step in recorded.steps] == [None] * len(steps)
    brought: dict[tuple[int, int], list[torch.Tensor]] = defaultdict(list)
    for tail, input_nr, head, output_nr in recorded.walked.routes(2_000):
        brought[head, output_nr].append(as_tensor(steps[tail].grad_inputs[input_nr]))
    for (head, output_nr), parts in brought.items():
        torch.testing.assert_close(as_tensor(steps[head].grad_outputs[output_nr]), sum(parts), rtol=1e-12, atol=1e-12)


def test_the_operations_cover_at_least_80_kinds_of_nodes() -> None:
    kinds = {
        name
        for operation in OPERATIONS
        for name in walk([scalar(operation, operation.inputs()).grad_fn]).names()
        if name.endswith(tuple("0123456789")) or name in ("CopySlices", "AccumulateGrad")
    }
    assert len(kinds) >= 80


def test_the_first_example_steps_as_the_article_does_it() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    recorded = Recorded(x**2 + 3)
    assert recorded.numbers() == [
        ("AddBackward0", (1.0,), (1.0, None)),
        ("PowBackward0", (1.0,), (4.0,)),
        ("AccumulateGrad", (4.0,), ()),
    ]


def test_a_leafs_new_gradient_is_the_old_one_plus_what_came() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    change = Recorded((x * x).sum()).change(x)
    assert [data((value,)) for value in (change.old, change.added, change.new)] == [
        ((3.0, 3.0),),
        ((2.0, 4.0),),
        ((5.0, 7.0),),
    ]


def test_a_hook_that_changes_a_gradient_shows_what_had_arrived() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x * 1
    y.register_hook(lambda grad: grad * 10)
    (step,) = [step for step in Recorded(y + y).steps if step.arrived is not None]
    assert (data(step.arrived or ()), data(step.grad_outputs)) == ((2.0,), (20.0,))


def test_a_hook_that_changes_a_gradient_in_place_shows_what_had_arrived() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    x.register_hook(lambda grad: grad.mul_(10))
    recorded = Recorded(x * 3)
    assert recorded.numbers()[0] == ("MulBackward0", (1.0,), (3.0, None))
    assert data(recorded.steps[-1].arrived or ()) == (3.0,)
    assert data(recorded.steps[-1].grad_outputs) == (30.0,)


def test_a_hook_that_only_looks_is_no_change() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    seen: list[float] = []
    x.register_hook(lambda grad: seen.append(float(grad)))
    assert [step.arrived for step in Recorded(x * 3).steps] == [None, None]


def test_an_output_that_was_not_used_has_no_gradient() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    _, second = x.unbind()
    assert Recorded(second * 3).numbers()[1][:2] == ("UnbindBackward0", (None, 3.0))


class _InPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad.mul_(2)


def test_a_backward_that_works_in_place_does_not_change_what_went_in() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y: torch.Tensor = _InPlace.apply(x * 1)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    assert ("_InPlaceBackward", (3.0,), (6.0,)) in Recorded(y * 3).numbers()


def test_neither_does_it_where_the_gradient_is_large() -> None:
    x = torch.ones(100, requires_grad=True)
    y: torch.Tensor = _InPlace.apply(x * 1)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    recorded = Recorded((y * 3).sum())
    (step,) = [step for step in recorded.steps if recorded.names[step.node] == "_InPlaceBackward"]
    assert [value and value.max for value in (*step.grad_outputs, *step.grad_inputs)] == [3.0, 6.0]


class _Failing(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        raise RuntimeError("no")


def test_where_a_custom_backward_raises_it_is_the_node_that_failed() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y: torch.Tensor = _Failing.apply(x)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    recorded = Recorded(y * 3)
    assert recorded.names[recorded.recorder.failed or 0] == "_FailingBackward"
    assert recorded.numbers()[-1] == ("_FailingBackward", (3.0,), ())


def test_where_a_graph_is_freed_the_node_that_needs_its_tensors_failed_and_what_waited_for_it_is_told() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x**2
    y.backward()
    recorded = Recorded(y * 3)
    assert recorded.numbers() == [("MulBackward0", (1.0,), (3.0, None)), ("PowBackward0", (3.0,), ())]
    assert recorded.names[recorded.recorder.failed or 0] == "PowBackward0"


def test_hooks_are_gone_after_a_backward_and_after_one_that_raised() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x**2
    first = Recorded(y, lambda: y.backward(retain_graph=True))
    y.backward()
    assert len(first.steps) == 2
    second = Recorded(y)
    with suppress(RuntimeError):
        y.backward()
    assert len(second.steps) == 1


def test_past_the_budget_the_figures_alone_are_kept() -> None:
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    recorded = Recorded((x * x).sum(), numbers=2)
    added = recorded.change(x).added
    assert added is not None
    assert (added.data, added.norm, added.min, added.max, recorded.recorder.has_elements) == (
        None,
        10.0,
        6.0,
        8.0,
        False,
    )


def test_a_large_gradient_is_told_by_shape_norm_and_bounds() -> None:
    x = torch.arange(100.0, requires_grad=True)
    added = Recorded((x * x).sum()).change(x).added
    assert added is not None
    assert (added.shape, added.data, added.min, added.max, added.nonfinite) == ((100,), None, 0.0, 198.0, 0)
    assert added.norm == pytest.approx(float((2 * x.detach()).norm()))


def test_a_gradient_that_is_not_finite_is_told_as_such() -> None:
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    added = Recorded(x.sqrt().sum()).change(x).added
    assert added is not None
    assert (added.data, added.nonfinite) == ((float("inf"), 0.25), 1)


def test_a_checkpoint_is_recorded_like_any_graph() -> None:
    x = torch.tensor(0.5, requires_grad=True)
    y = checkpoint(torch.sin, x * 2, use_reentrant=False)
    assert [name for name, *_ in Recorded(y).numbers()] == ["SinBackward0", "MulBackward0", "AccumulateGrad"]


def test_create_graph_is_recorded_and_its_graph_too() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x**3
    grads: list[torch.Tensor] = []
    first = Recorded(y, lambda: grads.extend(torch.autograd.grad(y, x, create_graph=True)))
    assert first.numbers() == [("PowBackward0", (1.0,), (12.0,))]
    assert data((Recorded(grads[0]).change(x).added,)) == (12.0,)  # the derivative of 3 x² at 2
