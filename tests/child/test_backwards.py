"""Recorded backwards of whole programs, as they are told. The numbers are worked out by hand."""

from typing import Any

from app.events import Backward, TensorValue

from .conftest import Observed

X = "x = torch.tensor(2., requires_grad=True)\n"


def data(value: TensorValue | None) -> Any:
    return None if value is None else value.data


def grads(backward: Backward) -> dict[str, Any]:
    return {name: (data(each.old), data(each.added), data(each.new)) for name, each in backward.grads.items()}


def test_the_first_example_is_told_step_by_step(observed: Observed) -> None:
    told = observed(X + "y = x ** 2\nz = y + 3\nz.backward()")
    (backward,) = told.backwards
    names = [told.graphs[0].nodes[step.node].name for step in backward.steps]
    assert names == ["AddBackward0", "PowBackward0", "AccumulateGrad"]
    assert [[data(each) for each in step.grad_outputs] for step in backward.steps] == [[1.0], [1.0], [4.0]]
    assert grads(backward) == {"x": (None, 4.0, 4.0)}


def test_gradients_add_up_over_backwards(observed: Observed) -> None:
    told = observed(X + "for _ in range(3):\n    (x * 5).backward()")
    assert [grads(backward)["x"] for backward in told.backwards] == [
        (None, 5.0, 5.0),
        (5.0, 5.0, 10.0),
        (10.0, 5.0, 15.0),
    ]


def test_a_leaf_without_a_name_goes_by_its_node(observed: Observed) -> None:
    told = observed("(torch.tensor(2., requires_grad=True) * 3).backward()")
    assert grads(told.backwards[0]) == {"#1": (None, 3.0, 3.0)}


def test_autograd_grad_tells_what_it_returned_by_variable(observed: Observed) -> None:
    told = observed(X + "y = x * 3\nz = y * y\nunused = x + 1\na, b = torch.autograd.grad(z, [x, y])")
    (backward,) = told.backwards
    assert {name: data(value) for name, value in backward.returned.items()} == {"x": 36.0, "y": 12.0}
    assert backward.grads == {}


def test_an_input_that_was_not_used_returned_nothing(observed: Observed) -> None:
    told = observed(
        X + "y = x * 3\nw = torch.ones(1, requires_grad=True)\ng = torch.autograd.grad(y, [x, w], allow_unused=True)"
    )
    assert {name: data(value) for name, value in told.backwards[0].returned.items()} == {"x": 3.0, "w": None}


def test_only_asked_inputs_are_filled(observed: Observed) -> None:
    told = observed(X + "w = torch.tensor(3., requires_grad=True)\n(x * w).backward(inputs=[x])")
    assert grads(told.backwards[0]) == {"x": (None, 3.0, 3.0)}


def test_several_roots_and_vectors_begin_with_the_gradients_they_were_given(observed: Observed) -> None:
    told = observed(
        "x = torch.tensor([1., 2.], requires_grad=True)\na, b = x * 2, x * 3\n"
        "torch.autograd.backward([a, b], [torch.tensor([1., 0.]), torch.tensor([0., 1.])])"
    )
    assert grads(told.backwards[0]) == {"x": (None, (2.0, 3.0), (2.0, 3.0))}


def test_a_second_derivative_is_a_backward_over_the_graph_of_the_first(observed: Observed) -> None:
    told = observed(X + "g, = torch.autograd.grad(x ** 3, x, create_graph=True)\ng.backward()")
    first, second = told.backwards
    assert (first.create_graph, {name: data(value) for name, value in first.returned.items()}) == (True, {"x": 12.0})
    assert grads(second) == {"x": (None, 12.0, 12.0)}
    assert (first.graph, second.graph) == (0, 1)


def test_a_hook_that_changes_a_gradient_is_told(observed: Observed) -> None:
    told = observed(X + "y = x * 3\ny.register_hook(lambda grad: grad * 10)\ny.backward()")
    assert [step.arrived and data(step.arrived[0]) for step in told.backwards[0].steps] == [1.0, None]
    assert data(told.backwards[0].steps[0].grad_outputs[0]) == 10.0


def test_both_checkpoints_are_recorded(observed: Observed) -> None:
    source = (
        "from torch.utils.checkpoint import checkpoint\n"
        + X
        + "checkpoint(torch.square, x, use_reentrant={}).backward()"
    )
    assert [grads(each) for each in observed(source.format(False)).backwards] == [{"x": (None, 4.0, 4.0)}]
    inner, outer = observed(source.format(True)).backwards
    assert (inner.number, outer.number) == (2, 1)
    assert grads(inner) == {"#1": (None, 4.0, 4.0)}
    assert grads(outer) == {"x": (None, 4.0, 4.0)}


def test_an_edge_knows_which_of_the_gradients_goes_along_it(observed: Observed) -> None:
    told = observed(X + "w = torch.tensor(5., requires_grad=True)\n(2 / w - x).backward()")
    (graph,), (backward,) = told.graphs, told.backwards
    steps = {step.node: step for step in backward.steps}
    ends = {
        graph.nodes[edge.head].variable: data(steps[edge.tail].grad_inputs[edge.input_nr])
        for edge in graph.edges
        if graph.nodes[edge.head].variable
    }
    assert ends["x"] == -1.0
    assert [(edge.tail, edge.input_nr) for edge in graph.edges][:2] == [(0, 0), (0, 1)]


def test_the_sum_at_a_fan_in_is_told(observed: Observed) -> None:
    told = observed(X + "y = x * 1\nz = y * 3 + y * 4\nz.backward()")
    (backward,), (graph,) = told.backwards, told.graphs
    inputs = {step.node: [data(each) for each in step.grad_inputs] for step in backward.steps}
    shared = next(node.id for node in graph.nodes if node.variable == "y")
    brought = [inputs[edge.tail][edge.input_nr] for edge in graph.edges if edge.head == shared]
    assert sorted(brought) == [3.0, 4.0]
    assert [data(step.grad_outputs[0]) for step in backward.steps if step.node == shared] == [7.0]


def names_freed(told: Any, number: int) -> list[str]:
    backward = next(each for each in told.backwards if each.number == number)
    graph = next(each for each in told.graphs if each.index == backward.graph)
    return [node.name for node in graph.nodes if node.id in backward.freed]


def test_one_that_raised_tells_what_is_gone_whoever_took_it(observed: Observed) -> None:
    told = observed(X + "y = x.exp()\nz = y * y\nw = z.sin()\nz.backward()\nw.backward()")
    assert names_freed(told, 2) == ["SinBackward0", "MulBackward0", "ExpBackward0"]
    again = observed(X + "y = x.exp()\ny.backward()\ny.backward()")
    assert names_freed(again, 2) == ["ExpBackward0"]


def test_a_node_that_raised_keeps_what_it_saved(observed: Observed) -> None:
    told = observed(
        "class Bad(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, grad):\n        raise ValueError('no')\n"
        + X
        + "(Bad.apply(x.exp()) ** 2).backward()"
    )
    assert names_freed(told, 1) == ["PowBackward0"]


def test_torch_autograd_grad_frees_what_lies_on_its_way_alone(observed: Observed) -> None:
    told = observed(
        X + "w = torch.tensor(3., requires_grad=True)\nfor leaf in (x, w):\n"
        "    torch.autograd.grad(x.exp() + w.sin(), leaf)"
    )
    assert [names_freed(told, number) for number in (1, 2)] == [["ExpBackward0"], ["SinBackward0"]]


def test_transforms_inside_transforms_are_told_without_a_fault(observed: Observed) -> None:
    told = observed("print(torch.func.hessian(lambda x: (x ** 3).sum())(torch.ones(1)))")
    per_sample = "torch.func.vmap(torch.func.grad(lambda x: (x ** 2).sum()))(torch.ones(2, 1))"
    again = observed(f"print({per_sample})")
    assert (told.stdout, again.stdout) == ("tensor([[6.]])\n", "tensor([[2.],\n        [2.]])\n")
    assert "fault of Gradwalk" not in told.stderr + again.stderr
