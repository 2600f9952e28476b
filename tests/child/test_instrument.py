"""Marks: what they are put around, and that a marked program is the same program."""

import ast
import traceback
from dataclasses import replace
from typing import Any

import pytest

from app.child.foresight import foresee
from app.child.instrument import DONE, ENTER, EXIT, FILENAME, LEAVE, LOOP, READ, VALUE, Marked, Site, mark


def marked(source: str) -> Marked:
    return mark(ast.parse(source), source)


def run(source: str) -> tuple[dict[str, Any], list[tuple[str, Site | None]]]:
    """The program's globals after a marked run, and the marks that were called, in order."""
    program = marked(source)
    called: list[tuple[str, Site | None]] = []

    def value(result: object, site: int) -> object:
        called.append(("value", program.sites[site]))
        return result

    def statement(name: str) -> Any:
        return lambda *site: called.append((name, program.sites[site[0]] if site else None))

    marks = {VALUE: value, **{mark: statement(mark[3:]) for mark in (DONE, ENTER, EXIT, LEAVE)}}
    top: dict[str, Any] = {"__name__": "__main__", **marks}
    exec(compile(program.tree, FILENAME, "exec"), top)
    return top, called


def test_an_assignment_marks_its_expression_and_then_its_name() -> None:
    _, called = run("a = 1\nb = a + 2")
    assert [(name, site and replace(site, operation=None)) for name, site in called] == [
        ("done", Site(1, 0, 1, 5, None, ("a",))),
        ("value", Site(2, 4, 2, 9, None, (), "b")),
        ("done", Site(2, 0, 2, 9, None, ("b",))),
    ]


def test_a_mark_knows_what_is_done_there() -> None:
    _, called = run("a = 1\nb = a + 2")
    operations = [site.operation for _, site in called if site and site.operation]
    assert [(each.kind, each.words, each.targets) for each in operations] == [
        ("assign", "=", ("a",)),
        ("operator", "+", ()),
        ("assign", "=", ("b",)),
    ]


def test_inner_expressions_come_before_outer_ones() -> None:
    _, called = run("x = abs(-(1 + 2))")
    assert [(site.column, site.end_column) for name, site in called if name == "value" and site] == [
        (10, 15),
        (8, 16),
        (4, 17),
    ]


def test_a_loops_head_is_marked_at_the_top_of_its_body() -> None:
    _, called = run("for i in (1, 2): pass")
    assert [site.names for _, site in called if site] == [("i",), ("i",)]


def test_a_function_that_runs_backward_is_marked_when_it_is_left_whatever_way() -> None:
    _, called = run("def f():\n    None.backward()\ntry:\n    f()\nexcept AttributeError:\n    pass")
    assert [name for name, _ in called] == ["leave"]


def test_a_function_that_only_recurses_is_left_unmarked() -> None:
    _, called = run("def f(n):\n    if n: f(n - 1)\nf(3)")
    assert "leave" not in [name for name, _ in called]


def test_the_forward_of_a_custom_function_is_marked_on_entry() -> None:
    _, called = run("class Function: pass\nclass F(Function):\n    def forward(ctx): pass\nF().forward()")
    assert [name for name, _ in called] == ["value", "enter", "exit", "value"]


PROGRAMS = {
    "zero-argument super": "class A:\n def f(s): return 1\nclass B(A):\n def f(s): return super().f() + 1\nr = B().f()",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n x: int = 1 + 1\nr = P().x",
    "private names": "class A:\n def __init__(self): self.__x = 1\n def g(self): return self.__x\nr = A().g()",
    "nonlocal": "def f():\n n = 0\n def g():\n  nonlocal n\n  n += 1\n g(); g()\n return n\nr = f()",
    "generator": "def g():\n for i in range(3): yield i * 2\nr = list(g())",
    "async": "async def a(): return 1\ntry: a().send(None)\nexcept StopIteration as s: r = s.value",
    "walrus": "r = [y for x in range(4) if (y := x * 2) > 2]",
    "match": "match [1, 2]:\n case [a, b] if a + b == 3: r = 'three'\n case _: r = 'other'",
    "star": "a, *b = range(4)\nr = (a, b)",
    "docstring": "def f():\n 'doc'\n return 1\nr = f.__doc__",
    "future": "'''doc'''\nfrom __future__ import annotations\ndef f(x: undefined): return 1\nr = f(1)",
    "f-string": "x = 3\nr = f'{x + 1:>5} {x!r}'",
    "augmented index": "a = [1, 2]\na[0] += 5\nr = a",
    "try finally return": "def f():\n try: return 1\n finally: pass\nr = f()",
    "lambda default": "r = (lambda x, y=1 + 1: x + y)(1)",
    "decorator": "def d(f): return lambda: f() + 1\n@d\ndef f(): return 1\nr = f()",
    "with": "import contextlib\nwith contextlib.nullcontext(3) as v: r = v",
    "del and annotation": "x: int = 3\ny: int\nz = x\ndel x\nr = z",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_marked_program_gives_what_the_plain_one_gives(name: str) -> None:
    plain: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(PROGRAMS[name], FILENAME, "exec"), plain)
    assert run(PROGRAMS[name])[0]["r"] == plain["r"]


@pytest.mark.parametrize(
    "source", ["def f(x):\n    y = x + 1\n    return y[0] * 2\nf(1)", "a = [1]\nb = (a[0] +\n     a[5] * 2)"]
)
def test_tracebacks_and_carets_stay_where_they_were(source: str) -> None:
    def told(code: Any, top: dict[str, Any]) -> list[tuple[int | None, ...]]:
        with pytest.raises((TypeError, IndexError)) as caught:
            exec(code, top)
        frames = traceback.extract_tb(caught.value.__traceback__)
        return [(f.lineno, f.end_lineno, f.colno, f.end_colno) for f in frames if f.filename == FILENAME]

    marks = {name: lambda result=None, *_: result for name in (VALUE, DONE, ENTER, EXIT, LEAVE)}
    program = compile(marked(source).tree, FILENAME, "exec")
    assert told(program, dict(marks)) == told(compile(source, FILENAME, "exec"), {})


def test_a_loop_and_an_assigned_loss_are_marked_where_they_were_foreseen() -> None:
    source = "for t in [1, 2]:\n    loss, other = t / 2, t"
    tree = ast.parse(source)
    program = mark(tree, source, foresee(tree))
    noted: list[tuple[str, object, int]] = []

    def loop(things: object, number: int) -> object:
        noted.append(("loop", things, number))
        return things

    marks = {VALUE: lambda value, _: value, DONE: lambda _: None, LOOP: loop}
    marks[READ] = lambda value, at: noted.append(("read", value, at))
    exec(compile(program.tree, FILENAME, "exec"), marks)
    assert noted == [("loop", [1, 2], 0), ("read", 0.5, 0), ("read", 1.0, 0)]
