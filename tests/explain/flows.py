"""Small graphs and recorded backwards, made by hand."""

from app.events import Backward, Edge, Graph, Node, Saved, Step, TensorValue


def value(*numbers: float) -> TensorValue:
    """A tensor with one axis; NaN and infinities are counted."""
    bad = [number for number in numbers if number - number != 0]
    norm = float("nan") if bad else sum(number**2 for number in numbers) ** 0.5
    return TensorValue(
        shape=(len(numbers),), dtype="float32", data=tuple(numbers), norm=norm, nonfinite=len(bad), min=min(numbers)
    )


def chain(
    *names: str, saved: dict[str, dict[str, TensorValue]] | None = None, leaf: TensorValue | None = None
) -> Graph:
    """A graph without branches, from the root on: each node on the line of its place; the last fills the leaf `w`."""
    nodes = [
        Node(
            id=at,
            name=name,
            kind="accumulate_grad" if name == "AccumulateGrad" else "function",
            variable="w" if name == "AccumulateGrad" else None,
            line=at + 1,
            column=0,
            sequence_nr=None if name == "AccumulateGrad" else len(names) - at,
            saved=tuple(Saved(name=key, value=each) for key, each in (saved or {}).get(name, {}).items()),
            value=leaf if name == "AccumulateGrad" else None,
        )
        for at, name in enumerate(names)
    ]
    edges = [Edge(tail=at, head=at + 1, output_nr=0, input_nr=0) for at in range(len(names) - 1)]
    return Graph(
        index=0,
        reason="backward",
        line=9,
        roots=(0,),
        nodes=tuple(nodes),
        edges=tuple(edges),
        total_nodes=len(nodes),
        truncated=False,
    )


def run(*gradients: TensorValue | None) -> Backward:
    """A backward over such a chain: the gradients on its way, from the seed on."""
    steps = [
        Step(node=at, grad_outputs=(gradient,), grad_inputs=(gradients[at + 1],) if at + 1 < len(gradients) else ())
        for at, gradient in enumerate(gradients)
    ]
    return Backward(
        graph=0, number=1, line=9, retain_graph=False, create_graph=False, recorded=True, steps=tuple(steps)
    )
