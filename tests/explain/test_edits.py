"""Corrections keep everything as it was written but what they correct."""

import ast

import pytest

from app.explain.edits import Edits, keyword_of, span_of, written

LOOP = """x = 1  # é stays
for i in range(3):
    y = x + i   # a remark
    print(y)
"""


def test_a_replacement_leaves_the_rest_as_it_is() -> None:
    edits = Edits("α = f( 1,2 )  # why\nb = 2\n")
    (call,) = edits.all(ast.Call)
    assert edits.replace(call, "g()").done() == "α = g()  # why\nb = 2\n"


def test_lines_go_before_and_behind_a_statement_as_deep_as_it_stands() -> None:
    edits = Edits(LOOP)
    statement = edits.statement_on(4)
    assert statement is not None
    assert edits.before(statement, "a()").behind(statement, "b()").done() == LOOP.replace(
        "    print(y)", "    a()\n    print(y)\n    b()"
    )


def test_a_statement_is_put_under_a_head_of_its_own() -> None:
    edits = Edits(LOOP)
    statement = edits.statement_on(4)
    assert statement is not None
    assert edits.under(statement, "with torch.no_grad():").done() == LOOP.replace(
        "    print(y)", "    with torch.no_grad():\n        print(y)"
    )


def test_a_statement_is_removed_with_its_line_and_its_remark() -> None:
    edits = Edits("a = 1\nb = 2  # gone\nc = 3\n")
    statement = edits.statement_on(2)
    assert statement is not None
    assert edits.remove(statement).done() == "a = 1\nc = 3\n"


def test_the_only_statement_of_a_block_becomes_pass() -> None:
    edits = Edits("if a:\n    b = 2\n")
    statement = edits.statement_on(2)
    assert statement is not None
    assert edits.remove(statement).done() == "if a:\n    pass\n"


def test_a_statement_that_shares_its_line_becomes_pass() -> None:
    edits = Edits("a = 1; b = 2\n")
    assert edits.remove(edits.tree.body[1]).done() == "a = 1; pass\n"


@pytest.mark.parametrize(("behind", "moved"), [(False, "a\nc\nb\n"), (True, "b\na\nc\n")])
def test_a_statement_moves(behind: bool, moved: str) -> None:
    edits = Edits("a\nb\nc\n")
    a, b, c = edits.tree.body
    done = edits.move(a, behind=b).done() if behind else edits.move(c, before=b).done()
    assert done == moved


@pytest.mark.parametrize(("call", "argued"), [("f()", "f(k=1)"), ("f(2)", "f(2, k=1)"), ("f(2, )", "f(2,k=1 )")])
def test_a_call_gets_one_more_argument(call: str, argued: str) -> None:
    edits = Edits(call)
    (node,) = edits.all(ast.Call)
    assert edits.argue(node, "k=1").done() == argued


def test_what_would_be_no_python_is_no_correction() -> None:
    edits = Edits("a = 1\n")
    (number,) = edits.all(ast.Constant)
    assert edits.replace(number, "(").done() is None


def test_corrections_that_overlap_are_none() -> None:
    edits = Edits("f(g(1))\n")
    outer, inner = edits.all(ast.Call)
    assert edits.replace(outer, "a").replace(inner, "b").done() is None


def test_nothing_wanted_is_no_correction() -> None:
    assert Edits("a = 1\n").done() is None


def test_a_node_is_found_by_its_span() -> None:
    edits = Edits(LOOP)
    (loop,) = edits.all(ast.For)
    assert edits.at(span_of(loop), ast.For) is loop
    assert edits.loop(edits.statement_on(3)) is loop
    assert edits.loop(loop) is None


def test_a_loop_around_a_function_is_not_the_loop_of_what_stands_inside() -> None:
    edits = Edits("for i in a:\n    def f():\n        return 1\n")
    assert edits.loop(edits.statement_on(3)) is None


def test_dotted_names_and_keywords_are_read() -> None:
    call = ast.parse("a.b(c, k=1)").body[0].value  # type: ignore[attr-defined]
    assert (written(call.func), written(call), keyword_of(call, "k") is call.keywords[0]) == ("a.b", None, True)
