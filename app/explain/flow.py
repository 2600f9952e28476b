"""A recorded backward as a flow: where a gradient became zero, or no number, on its way from the root to a leaf."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..events import Backward, Edge, Graph, Node, Step, TensorValue

TINY = 1e-6
"""A gradient this much smaller than what it was made of is rounding, not signal."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The node at which something became of a gradient: what came in along its outputs, what went out along `edge`."""

    node: Node
    step: Step
    edge: Edge
    graph: Graph

    @property
    def outgoing(self) -> TensorValue | None:
        """The gradient that left along the edge."""
        values = self.step.grad_inputs
        return values[self.edge.input_nr] if self.edge.input_nr < len(values) else None


class Flow:
    """One recorded backward over its graph."""

    def __init__(self, graph: Graph, backward: Backward) -> None:
        self.graph = graph
        self.backward = backward
        self.nodes = {node.id: node for node in graph.nodes}
        self.steps = {step.node: step for step in backward.steps}
        self._into: dict[int, list[Edge]] = {}
        for edge in graph.edges:
            self._into.setdefault(edge.head, []).append(edge)

    def leaves(self) -> Iterator[tuple[Node, TensorValue]]:
        """Each leaf's node with the gradient that came to it."""
        for node in self.graph.nodes:
            step = self.steps.get(node.id)
            if (
                node.kind == "accumulate_grad"
                and step is not None
                and step.grad_outputs
                and step.grad_outputs[0] is not None
            ):
                yield node, step.grad_outputs[0]

    def vanished(self, leaf: Node) -> Turn | None:
        """Where the leaf's gradient became zero: the first node towards the root that still had one."""
        seen, queue = {leaf.id}, [leaf.id]
        for head in queue:
            for turn in self._turns_into(head):
                if turn.node.id in seen:
                    continue
                seen.add(turn.node.id)
                if _size(turn.step.grad_outputs) == 0:
                    queue.append(turn.node.id)
                elif _is_lost(turn):
                    return turn
        return None

    def _turns_into(self, head: int) -> Iterator[Turn]:
        """The nodes that gave the head its gradients."""
        for edge in self._into.get(head, ()):
            step, node = self.steps.get(edge.tail), self.nodes.get(edge.tail)
            if step is not None and node is not None:
                yield Turn(node, step, edge, self.graph)

    def broken(self) -> list[Turn]:
        """Where gradients stopped to be numbers, in the engine's order: finite ones came in, others went out."""
        found: list[Turn] = []
        for step in self.backward.steps:
            node = self.nodes.get(step.node)
            bad = [at for at, each in enumerate(step.grad_inputs) if each is not None and each.nonfinite]
            finite = all(not each.nonfinite for each in step.grad_outputs if each is not None)
            edge = next((each for each in self.graph.edges if each.tail == step.node and each.input_nr in bad), None)
            if node is not None and bad and edge is not None and (finite or _turns_nan(step)):
                found.append(Turn(node, step, edge, self.graph))
        return found


def _size(values: tuple[TensorValue | None, ...]) -> float:
    return max((each.norm or 0.0 for each in values if each is not None), default=0.0)


def _is_lost(turn: Turn) -> bool:
    out = turn.outgoing
    if out is None or not out.norm:
        return out is None or out.norm == 0
    return "Softmax" in turn.node.name and out.norm <= TINY * _size(turn.step.grad_outputs)


def _turns_nan(step: Step) -> bool:
    """Whether infinities came in and NaN went out: infinity times zero."""
    return any(map(has_nan, step.grad_inputs)) and not any(map(has_nan, step.grad_outputs))


def has_nan(value: TensorValue | None) -> bool:
    """Whether a value is known to hold NaN."""
    if value is None or not value.nonfinite:
        return False
    numbers = list(_numbers(value.data))
    return (
        any(number != number for number in numbers) if numbers else value.norm is not None and value.norm != value.norm
    )


def all_zero(value: object) -> bool:
    """Whether a saved tensor is known to hold nothing but zeros."""
    return isinstance(value, TensorValue) and value.norm == 0


def _numbers(data: object) -> Iterator[float]:
    if isinstance(data, (tuple, list)):
        for each in data:
            yield from _numbers(each)
    elif isinstance(data, (int, float)):
        yield float(data)


def numbers_of(value: object) -> list[float]:
    """The numbers of a small tensor, flat; empty where they did not travel."""
    return list(_numbers(value.data)) if isinstance(value, TensorValue) else []


def saved(node: Node, *names: str) -> object:
    """What the node saved under the first of these names that it has."""
    return next(
        (each.value for name in names for each in node.saved if each.name == name and each.value is not None), None
    )
