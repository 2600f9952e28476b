"""Nodes sorted into the calls they were made in."""

from typing import Any

import numpy as np

from app.grouping.scopes import Scope, scopes_of

from .drawn import Drawn


def nested(drawn: Drawn) -> list[Any]:
    """The scopes as lists in lists: a number for each run of nodes, and before what is inside a call its name."""
    _, origins = drawn.columns()
    order = np.arange(len(drawn.names))[::-1]
    top = scopes_of(origins, order)[0][0]

    def told(scope: Scope) -> list[Any]:
        return [len(part) if isinstance(part, range) else [name(part), *told(part)] for part in scope.parts]

    def name(scope: Scope) -> str:
        return scope.function or drawn.modules[drawn.called[scope.call]].path

    return told(top)


def test_a_call_inside_a_call_is_a_scope_inside_a_scope() -> None:
    drawn = Drawn()
    drawn.node("Mul")
    drawn.call("net", "Sequential")
    for path in ("net.0", "net.1"):
        drawn.call(path, "Linear")
        drawn.node("Addmm")
        drawn.node("Relu")
        drawn.leave()
    drawn.leave()
    drawn.node("Sum")
    assert nested(drawn) == [1, ["net", ["net.0", 2], ["net.1", 2]], 1]


def test_two_calls_of_one_module_are_two_scopes() -> None:
    drawn = Drawn()
    for _ in range(2):
        drawn.call("cell", "RNNCell")
        drawn.node("Tanh")
        drawn.leave()
    assert nested(drawn) == [["cell", 1], ["cell", 1]]


def test_a_function_is_a_scope_around_the_library_modules_it_calls() -> None:
    drawn = Drawn()
    drawn.node("Mul", function="block")
    drawn.call("net.0", "Linear")
    drawn.node("Addmm", function="block")
    drawn.leave()
    assert nested(drawn) == [["block", 1, ["net.0", 1]]]


def test_a_function_that_a_module_of_the_learners_calls_is_a_scope_inside_of_it() -> None:
    drawn = Drawn()
    drawn.call("net", "Net", forward="Net.forward")
    drawn.node("Mul", function="Net.forward")
    drawn.node("Exp", function="helper")
    drawn.leave()
    assert nested(drawn) == [["net", 1, ["helper", 1]]]


Callers = dict[str, set[str | None]]


def called(callers: Callers, *functions: str) -> list[Any]:
    """The scopes of a program of these functions, each of which makes one node."""
    drawn = Drawn(callers=callers)
    for function in functions:
        drawn.node("Mul", function=function)
    return nested(drawn)


def test_a_function_that_only_one_calls_is_a_scope_inside_of_it() -> None:
    callers: Callers = {"block": {None}, "norm": {"block"}}
    assert called(callers, "block", "norm", "block") == [["block", 1, ["norm", 1], 1]]
    assert called(callers, "norm", "block") == [["block", ["norm", 1], 1]]


def test_a_function_that_several_call_is_inside_of_what_they_have_in_common() -> None:
    callers: Callers = {"block": {None}, "attend": {"block"}, "mix": {"block"}, "norm": {"attend", "mix"}}
    assert called(callers, "attend", "norm", "mix", "norm") == [
        ["block", ["attend", 1], ["norm", 1], ["mix", 1], ["norm", 1]]
    ]


def test_functions_that_call_each_other_or_themselves_are_told_apart_all_the_same() -> None:
    assert called({"f": {"f", None}}, "f", "f") == [["f", 2]]
    assert called({"f": {"g"}, "g": {"f"}}, "f", "g") == [["f", 1, ["g", 1]]], "each is called by the other alone"


def test_a_graph_of_a_leaf_alone_has_no_scopes() -> None:
    _, origins = Drawn().columns()
    ((top,),) = scopes_of(origins, np.zeros(0, np.int64))
    assert (top.parts, top.start, top.stop) == ([], 0, 0)
