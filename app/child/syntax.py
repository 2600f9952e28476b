"""Questions about a program's syntax tree that more than one place asks."""

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef

NODELESS = frozenset({
    "print", "range", "len", "enumerate", "zip", "isinstance", "int", "str", "repr", "type", "id",
    "list", "tuple", "dict",
})  # fmt: skip
NODELESS_METHODS = frozenset({
    "append", "extend", "format", "size", "dim", "numel", "keys", "values", "items",
})  # fmt: skip


def makes_no_node(call: ast.Call) -> bool:
    """Whether what is called makes no graph node by itself, and takes no value out of a graph either.

    A program's own function of that name is marked inside.
    """
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in NODELESS_METHODS
    return isinstance(function, ast.Name) and function.id in NODELESS


def calls_backward(statement: ast.stmt) -> bool:
    """Whether the statement calls something named `backward` or `grad`.

    Only such a function is marked where it is left: in one that recurses to the limit, the mark would itself exceed it.
    """
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(isinstance(function, ast.Attribute) and function.attr in ("backward", "grad") for function in calls)


def is_static(node: Function) -> bool:
    """Whether it is a static method."""
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)


def is_function_base(base: ast.expr) -> bool:
    """Whether a class with this base is a custom autograd Function, as far as its text tells."""
    return (isinstance(base, ast.Attribute) and base.attr == "Function") or (
        isinstance(base, ast.Name) and base.id == "Function"
    )


def names_in(targets: list[ast.expr]) -> tuple[str, ...]:
    """The plain and dotted names that assigning to `targets` binds."""
    names: list[str] = []
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            names.extend(names_in(target.elts))
        elif isinstance(target, ast.Starred):
            names.extend(names_in([target.value]))
        elif isinstance(target, ast.Name):
            names.append(target.id)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            names.append(f"{target.value.id}.{target.attr}")
    return tuple(names)
