"""Questions about syntax trees."""

import ast

import pytest

from app.child.syntax import calls_backward, makes_no_node, names_in


def call(source: str) -> ast.Call:
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value


@pytest.mark.parametrize("source", ["print(x)", "losses.append(loss)", "x.size()", "range(3)"])
def test_calls_that_make_no_node_by_themselves(source: str) -> None:
    assert makes_no_node(call(source))


@pytest.mark.parametrize("source", ["f(x)", "x.sum()", "w.zero_()", "max(x)", "loss.item()", "float(x)"])
def test_calls_that_may(source: str) -> None:
    assert not makes_no_node(call(source))


def test_the_names_that_targets_bind() -> None:
    (statement,) = ast.parse("a, (b.c, *d) = e[0] = f").body
    assert isinstance(statement, ast.Assign)
    assert names_in(statement.targets) == ("a", "b.c", "d")


def test_a_backward_is_found_however_deep_it_stands() -> None:
    sources = ("if a:\n    f(loss.backward())", "torch.autograd.grad(y, x)", "backward(1)")
    assert [calls_backward(ast.parse(source).body[0]) for source in sources] == [True, True, False]
