"""What an expression works on, by its text: names to look up, and marks around what is computed inside."""

import ast

import pytest

from app.child.instrument import VALUE, mark
from app.child.operands import Operand, Operation, Operations, dotted


def operation(source: str) -> Operation:
    """The operation of the only statement's expression, its inner expressions not marked."""
    statement = ast.parse(source).body[0]
    assert isinstance(statement, ast.Expr)
    found = Operations(VALUE).of(statement.value)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("source", "words", "names"),
    [
        ("a - b", "-", ["a", "b"]),
        ("-a", "-", ["a"]),
        ("a < b", "<", ["a", "b"]),
        ("a[i]", "[]", ["a", "i"]),
        ("a.T", "T", ["a"]),
        ("a.detach()", "detach", ["a"]),
        ("torch.tensor(float(a), requires_grad=True)", "tensor", ["torch", "a"]),
        ("f(self.w, [a, b], *c)", "f", ["f", "self.w", "a", "b", "c"]),
    ],
)
def test_an_operation_has_words_and_operands(source: str, words: str, names: list[str]) -> None:
    found = operation(source)
    assert (found.words, [each.name for each in found.operands]) == (words, names)


def test_what_stands_between_is_told_with_the_operand() -> None:
    assert [each.called for each in operation("g(float(a))").operands] == [None, "float"]


def test_a_method_has_a_receiver_and_a_function_a_callee() -> None:
    assert [each.role for each in operation("a.add_(b)").operands] == ["receiver", "argument"]
    assert [each.role for each in operation("f(b)").operands] == ["callee", "argument"]


def test_an_inner_expression_is_its_mark() -> None:
    sites = mark(ast.parse("(a * 2).detach()"), "(a * 2).detach()").sites
    assert sites[1].operation is not None
    assert sites[1].operation.operands == (Operand((1, 1, 1, 6), None, 0, "receiver"),)


def test_an_attribute_of_a_marked_expression_is_reached_through_it() -> None:
    source = "net[1].bias.requires_grad_()"
    sites = mark(ast.parse(source), source).sites
    assert sites[1].operation is not None
    (operand,) = sites[1].operation.operands
    assert (operand.site, operand.rest) == (0, ("bias",))


@pytest.mark.parametrize(
    ("source", "words", "targets", "flag"),
    [
        ("w = a * 2", "=", ("w",), None),
        ("w -= a", "-=", ("w",), None),
        ("out[0] = a", "=", (), None),
        ("w.requires_grad = False", "=", ("w.requires_grad",), "requires_grad"),
        ("w: float = a", "=", ("w",), None),
    ],
)
def test_a_statement_has_targets(source: str, words: str, targets: tuple[str, ...], flag: str | None) -> None:
    found = Operations(VALUE).statement(ast.parse(source).body[0])
    assert found is not None
    assert (found.words, found.targets, found.flag) == (words, targets, flag)


def test_what_a_statement_changes_stands_first() -> None:
    found = Operations(VALUE).statement(ast.parse("out[0] = a").body[0])
    assert found is not None
    assert [(each.name, each.role) for each in found.operands] == [("out", "target"), ("a", "argument")]


def test_a_dotted_name_is_written_out() -> None:
    names = [dotted(ast.parse(source, mode="eval").body) for source in ("a", "a.b.c", "a[0].b", "f()")]
    assert names == ["a", "a.b.c", None, None]
