"""Each structure of a graph is told once."""

from typing import Any

import pytest
from torch import nn

from app.events import Finished, Graph
from app.runs.local import LocalRunner

from ..runs.play import play
from .conftest import Observed, Told

LOOP = "w = torch.ones((), requires_grad=True)\nfor turn in range({turns}):\n    {body}\n    y.backward()\n"


def test_a_loops_graph_is_told_once(observed: Observed) -> None:
    told = observed(LOOP.format(turns=30, body="y = w * 2"))
    assert (len(told.graphs), {backward.graph for backward in told.backwards}) == (1, {0})


def test_another_structure_at_the_same_place_is_told(observed: Observed) -> None:
    told = observed(LOOP.format(turns=4, body="y = (w.sin, w.cos)[turn % 2]()"))
    assert [graph.nodes[0].name for graph in told.graphs] == ["SinBackward0", "CosBackward0"]
    assert [backward.graph for backward in told.backwards] == [0, 1, 0, 1]


def test_so_many_structures_are_told_and_no_more(observed: Observed) -> None:
    told = observed(LOOP.format(turns=110, body="y = w\n    for _ in range(turn + 1): y = y * 2"))
    assert len(told.graphs) == 101
    assert [backward.graph for backward in told.backwards][98:102] == [98, 99, None, None]


TAGGER = """
from torch import nn
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 8)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 3)
        self.head = nn.Linear(8, 4)
    def forward(self, ids):
        return self.head(self.encoder(scaled(self.embed(ids))))
def scaled(h):
    return h * h.std() + h.mean()
tagger = Tagger()
loss = nn.functional.cross_entropy(tagger(torch.randint(10, (2, 5))).flatten(0, 1), torch.randint(4, (10,)))
loss.backward()
"""


def outline(graph: Graph, depth: int) -> list[str]:
    """The labels of the groups down to a depth, each indented as deep as it lies."""
    depths: dict[str | None, int] = {None: -1}
    for group in graph.groups:
        depths[group.id] = depths[group.parent] + 1
    return [f"{'  ' * depths[group.id]}{group.label}" for group in graph.groups if depths[group.id] <= depth]


def test_a_model_is_grouped_as_a_person_would_draw_it(observed: Observed) -> None:
    (graph,) = observed(TAGGER).graphs
    assert outline(graph, 3)[:8] == [
        "tagger · Tagger",
        "  scaled()",
        "  encoder.layers.0 … encoder.layers.2 · TransformerEncoderLayer",
        "    encoder.layers.0 · TransformerEncoderLayer",
        "      self_attn · MultiheadAttention",
        "      linear1 · Linear",
        "      linear2 · Linear",
        "    encoder.layers.1 · TransformerEncoderLayer",
    ]
    assert [graph.groups[int(name[1:])].label for name in graph.opened] == [
        "tagger · Tagger",
        "scaled()",
        "head · Linear",
    ]


def test_modules_of_nodes_are_those_that_torch_names(observed: Observed) -> None:
    (graph,) = observed(TAGGER).graphs
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    inside = {f"encoder.layers.{number}.{name}".rstrip(".") for number in range(3) for name, _ in layer.named_modules()}
    paths = {node.module.removeprefix("tagger").lstrip(".") for node in graph.nodes if node.module}
    assert paths <= inside | {"", "embed", "encoder", "head"}
    assert "encoder.layers.2.self_attn" in paths


BLOCKS = """
def norm(h):
    return (h - h.mean()) / (h.std() + 1)
def block(h, w):
    return norm(torch.tanh(h @ w)) + h
h = torch.randn(4, 8)
for w in [torch.randn(8, 8, requires_grad=True) for _ in range(3)]:
    h = block(h, w)
h.sum().backward()
"""


def test_calls_of_a_function_are_told_apart_by_what_it_calls(observed: Observed) -> None:
    graph = observed(BLOCKS).graphs[0]
    assert outline(graph, 2)[:3] == ["block()", "  iteration 1 of 3", "    norm()"]
    assert [group.nodes for group in graph.groups if group.parent == "g0"] == [9, 9, 9]


LARGE = "y = x = torch.ones((), requires_grad=True)\nfor _ in range(2_500): y = y * 2\n"


def test_a_large_structure_is_told_once_too(observed: Observed) -> None:
    told = observed(f"for turn in range(3):\n    {LARGE.replace(chr(10), chr(10) + '    ')}y.backward()")
    assert [graph.reason for graph in told.graphs] == ["backward"]
    assert [backward.graph for backward in told.backwards] == [0, 0, 0]


def test_a_large_graph_that_was_told_is_not_told_again_at_the_end(observed: Observed) -> None:
    told = observed(LARGE + "z = y * 1\nz.backward()\n")
    assert len(told.graphs) == 1
    assert [told.tensor(name).node for name in ("z", "y", "x")] == [0, 1, 2_501]


def test_what_is_new_at_the_end_is_told_though_it_is_large(observed: Observed) -> None:
    told = observed(LARGE + "y.backward()\nz = y * 1\n")
    assert [(graph.reason, graph.total_nodes) for graph in told.graphs] == [("backward", 2_501), ("final", 2_502)]
    assert told.tensor("z").node == 0


def test_a_tensor_deep_in_a_large_graph_has_its_node(observed: Observed) -> None:
    told = observed(LARGE.replace("for _", "first = y * 3; y = first\nfor _") + "y.backward()")
    assert (told.tensor("first").node, told.tensor("x").node) == (2_500, 2_501)


CHAIN = """
y = x = torch.tensor(1., requires_grad=True)
for _ in range({steps}):
    y = y + 1
y.backward()
print(x.grad.item())
del y
print("freed")
"""


async def played(runner: LocalRunner, steps: int) -> Told:
    told = await play(runner, CHAIN.format(steps=steps), cpu_s=300, wall_s=600, memory_bytes=2**31)
    return Told(told.events, told.printed, told.complained)


@pytest.mark.anyio
@pytest.mark.parametrize("steps", [100_000, 1_000_000])
async def test_a_chain_however_long_is_walked_told_as_groups_and_freed(runner: LocalRunner, steps: int) -> None:
    """Two GiB are its cap. Freeing what was walked goes as deep on the stack as the chain is long."""
    told = await played(runner, steps)
    assert (told.stdout, told.stderr, told.the(Finished).outcome) == ("1.0\nfreed\n", "", "ok")
    (graph,) = told.graphs
    loop = graph.groups[0]
    assert (loop.label, loop.repeats, loop.nodes, graph.total_nodes) == ("line 4", steps, steps + 1, steps + 1)
    assert graph.recorded == min(steps + 1, 200_000)


@pytest.mark.anyio
async def test_a_chain_that_is_still_being_built_at_the_limit_is_shown(runner: LocalRunner) -> None:
    told = await play(runner, "y = x = torch.ones((), requires_grad=True)\nwhile True: y = y + 1", cpu_s=1, wall_s=20)
    (graph,) = [event for event in told.events if isinstance(event, Graph)]
    assert (told.outcome, graph.truncated, graph.groups[0].label) == ("timeout", True, "line 2")


INSIDE = """
def grow():
    y = x = torch.ones({size}, requires_grad=True)
    while True: y = y.sin()  # which saves its input

def main(): grow()

main()
"""


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("size", "limit", "outcome"),
    [("()", {"cpu_s": 1}, "timeout"), ("100_000", {"memory_bytes": 2**27}, "out_of_memory")],
)
async def test_what_a_function_was_building_at_the_limit_is_shown(
    runner: LocalRunner, size: str, limit: dict[str, Any], outcome: str
) -> None:
    told = await play(runner, INSIDE.format(size=size), wall_s=20, **limit)
    graphs = [event for event in told.events if isinstance(event, Graph)]
    assert (told.outcome, told.complained) == (outcome, "")
    assert [graph.nodes[0].variable for graph in graphs] == ["grow.y"]
