"""Backwards as a run tells them, made by hand: the numbers are worked out on paper, so they are nobody's code."""

from typing import Any

from .conftest import recording

Event = dict[str, Any]
POW_ADD = recording("pow_add")
STARTED, GRAPH = POW_ADD[0], POW_ADD[1]


def value(data: Any, shape: tuple[int, ...] = (), **more: Any) -> Event:
    """What travels along an edge."""
    nothing = dict.fromkeys(["min", "max", "mean", "std", "norm"])
    return {"shape": list(shape), "dtype": "float32", "data": data, **nothing, "nonfinite": 0, **more}


def step(node: int, into: list[Any], out: list[Any], arrived: list[Any] | None = None) -> Event:
    """One node's execution; plain numbers stand for tensors of no dimension."""

    def full(each: Any) -> Any:
        return value(each) if isinstance(each, (int, float, str)) else each

    return {
        "node": node,
        "grad_outputs": [full(each) for each in into],
        "grad_inputs": [full(each) for each in out],
        "arrived": None if arrived is None else [full(each) for each in arrived],
    }


def change(old: Any, added: Any, new: Any) -> Event:
    """What a leaf's .grad became."""
    return {
        name: None if each is None else value(each)
        for name, each in zip(("old", "added", "new"), (old, added, new), strict=True)
    }


def backward(*steps: Event, number: int = 1, graph: int = 0, **more: Any) -> Event:
    """A backward event; recorded where it has steps."""
    plain = {
        "type": "backward",
        "graph": graph,
        "number": number,
        "line": 4,
        "retain_graph": False,
        "create_graph": False,
    }
    told = {"recorded": bool(steps), "values": "elements" if steps else None, "steps": list(steps)}
    rest = {"freed": [], "grads": {}, "returned": {}, "raised": False, "failed": None, "check": None}
    return {**plain, **told, **rest, **more}


SQUARE = backward(
    step(0, [1.0], [1.0, None]),
    step(1, [1.0], [4.0]),
    step(2, [4.0], []),
    freed=[1],
    grads={"x": change(None, 4.0, 4.0)},
)
"""y = x**2; z = y + 3; z.backward() at x = 2: over z 1, over y 1, over x 2 * 2 = 4."""


def node(number: int, name: str, variable: str | None = None, **more: Any) -> Event:
    """A node of a graph event."""
    plain = {
        **GRAPH["nodes"][0],
        "id": number,
        "name": name,
        "variable": variable,
        "saved": [],
        "value": None,
        "line": None,
    }
    return {**plain, "kind": "accumulate_grad" if name == "AccumulateGrad" else "function", **more}


def edge(tail: int, head: int, input_nr: int = 0, output_nr: int = 0) -> Event:
    """An edge of a graph event."""
    return {"tail": tail, "head": head, "output_nr": output_nr, "input_nr": input_nr}


def graph(nodes: list[Event], edges: list[Event], index: int = 0) -> Event:
    """A graph event with its root first."""
    return {**GRAPH, "index": index, "nodes": nodes, "edges": edges, "total_nodes": len(nodes)}
