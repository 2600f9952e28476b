"""The human formulas, evaluated with numbers and held against finite differences in float64."""

import ast
import math
from functools import partial
from typing import Any

import pytest
import torch

from app.autograd.saved import saved_names
from app.explain.derivatives import BY_REDUCTION, ELEMENTWISE, OTHER, formulas_of
from app.explain.notation import parsed
from tests.autograd.operations import OPERATIONS, Operation
from tests.autograd.test_vjp import differences

NEVER_MADE = {
    "AddBackward1",
    "SubBackward1",
    "MulBackward1",
    "DivBackward1",
    "ReshapeAliasBackward0",
    "UnsafeViewBackward0",
}
"""Nodes of the overloads with a number, which Python's operators do not call, and views that torch makes elsewhere."""


def put(grad: torch.Tensor, shape: tuple[int, ...], dim: int, index: Any) -> torch.Tensor:
    zeros = torch.zeros(shape, dtype=torch.float64)
    if isinstance(index, torch.Tensor):
        return zeros.scatter(dim, index.unsqueeze(dim), grad.unsqueeze(dim))
    return zeros.select_scatter(grad, dim, index)


def expand(grad: torch.Tensor, shape: tuple[int, ...], dim: Any = ()) -> torch.Tensor:
    for each in dim if isinstance(dim, tuple) else (dim,):
        grad = grad.unsqueeze(each)
    return grad.expand(shape)


def summed(value: Any, dim: int | None = None) -> Any:
    return value.sum() if dim is None else value.sum(dim, keepdim=True)


def tensor(value: Any) -> Any:
    return value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float64)


def of_tensor(work: Any, value: Any) -> Any:
    return work(tensor(value))


VOCABULARY: dict[str, Any] = {
    **{
        name: getattr(torch, name)
        for name in ("cumsum", "outer", "transpose", "reshape", "stack", "cat", "tril", "triu")
    },
    **{
        name: partial(of_tensor, getattr(torch, name))
        for name in ("log", "exp", "cos", "sin", "cosh", "sinh", "sqrt", "sign", "sigmoid", "erf")
    },
    "flip": lambda value, dims: value.flip(dims),
    "mT": lambda value: value.mT if value.dim() > 1 else value,
    "put": put,
    "expand": expand,
    "sum": summed,
    "sum_to": lambda value, shape: value.sum_to_size(shape),
    "where": lambda condition, one, other: torch.where(condition, tensor(one), tensor(other)),
    "pi": math.pi,
}


def signed(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(signed, value))
    return value - 2**64 if isinstance(value, int) and value >= 2**63 else value


def evaluated(formula: str, node: Any, grads: list[torch.Tensor], name: str, asked: torch.Tensor) -> torch.Tensor:
    """The formula with what the node saved; `shape(self)` and `numel(self)` are those of the input asked for."""
    values = {each: signed(getattr(node, f"_saved_{each}")) for each in saved_names(node.__class__)}
    values |= {"grad": grads[0], "grads": grads}
    sized = {"grad": grads[0], name: asked} | {k: v for k, v in values.items() if isinstance(v, torch.Tensor)}
    tree = ast.Expression(_Sizes(sized).visit(parsed(formula)))
    found = eval(compile(ast.fix_missing_locations(tree), "formula", "eval"), VOCABULARY | values)  # noqa: S307
    made: torch.Tensor = tensor(found)
    return made


class _Sizes(ast.NodeTransformer):
    """`shape(x)` and `numel(x)` as the numbers they are."""

    def __init__(self, sized: dict[str, torch.Tensor]) -> None:
        self._sized = sized

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if (
            isinstance(node.func, ast.Name)
            and node.func.id in ("shape", "numel")
            and isinstance(node.args[0], ast.Name)
        ):
            value = self._sized[node.args[0].id]
            return ast.parse(repr(tuple(value.shape) if node.func.id == "shape" else value.numel()), mode="eval").body
        return self.generic_visit(node)


def node_and_human(operation: Operation) -> tuple[Any, Any, list[torch.Tensor], torch.Tensor]:
    inputs = operation.inputs()
    result = operation.function(*inputs)
    node: Any = result.grad_fn
    reduction = getattr(node, "_saved_reduction", None)
    return node, formulas_of(type(node).__name__, reduction), inputs, result


def is_one_node(operation: Operation) -> bool:
    """Whether a person wrote the formula of the node that made the result, and leaves alone lead into it."""
    node, human, *_ = node_and_human(operation)
    ends = [edge for edge, _ in node.next_functions if edge is not None]
    several = type(node).__name__ in SEVERAL_OUTPUTS
    return human is not None and not several and all(hasattr(edge, "variable") for edge in ends)


SEVERAL_OUTPUTS = {"SplitBackward0", "UnbindBackward0"}
ONE_NODE = [operation for operation in OPERATIONS if is_one_node(operation)]


@pytest.mark.parametrize("operation", ONE_NODE, ids=lambda operation: operation.name)
def test_a_human_formula_is_the_derivative(operation: Operation) -> None:
    node, human, inputs, result = node_and_human(operation)
    weights = torch.linspace(0.5, 1.5, result.numel(), dtype=torch.float64).reshape(result.shape)
    for (name, formula), (edge, _) in zip(human, node.next_functions, strict=False):
        if edge is None:
            continue
        which = next(place for place, each in enumerate(inputs) if each is edge.variable)
        found = evaluated(formula, node, [weights], name, edge.variable).sum_to_size(edge.variable.shape)
        torch.testing.assert_close(found, differences(operation, inputs, which), rtol=1e-5, atol=1e-7)


def test_nodes_with_several_outputs_put_their_gradients_together() -> None:
    x = torch.arange(6.0, dtype=torch.float64).reshape(2, 3).requires_grad_()
    weights = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)
    for node, parts in ((x.unbind(1)[0].grad_fn, weights.unbind(1)), (x.split(2, 1)[0].grad_fn, weights.split(2, 1))):
        ((name, formula),) = formulas_of(type(node).__name__) or ()
        assert torch.equal(evaluated(formula, node, list(parts), name, x), weights)


def test_every_formula_that_a_person_wrote_is_among_those_tested() -> None:
    tested = {type(node_and_human(operation)[0]).__name__ for operation in ONE_NODE} | SEVERAL_OUTPUTS
    assert set(ELEMENTWISE) | set(OTHER) | set(BY_REDUCTION) == tested | NEVER_MADE
    assert len(tested) >= 60
