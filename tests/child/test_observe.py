"""What is told of whole programs. The oracle is torch's own documentation and graphs drawn by hand."""

import subprocess
import sys

from app.events import Edge, Outcome

from .conftest import Observed


def edges(told_edges: tuple[Edge, ...]) -> list[tuple[int, int, int]]:
    return [(edge.tail, edge.head, edge.output_nr) for edge in told_edges]


def test_a_backward_yields_the_graph_of_its_root(observed: Observed) -> None:
    told = observed("x = torch.tensor(2., requires_grad=True)\ny = x ** 2\nz = y + 3\nz.backward()\nprint(x.grad)")
    (graph,) = told.graphs
    assert [(node.name, node.variable, node.line) for node in graph.nodes] == [
        ("AddBackward0", "z", 3),
        ("PowBackward0", "y", 2),
        ("AccumulateGrad", "x", 1),
    ]
    assert edges(graph.edges) == [(0, 1, 0), (1, 2, 0)]
    assert (graph.reason, graph.line, graph.roots, graph.truncated) == ("backward", 4, (0,), False)
    assert told.stdout == "tensor(4.)\n"
    assert told.ended.outcome == Outcome.OK
    assert told.stderr == ""


def test_every_node_knows_the_columns_of_its_expression(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\nz = (x * 2).sum() + x.mean()")
    places = {node.name: (node.line, node.column, node.end_column) for node in told.graphs[0].nodes}
    assert places["MulBackward0"] == (2, 5, 10)
    assert places["SumBackward0"] == (2, 4, 17)
    assert places["MeanBackward0"] == (2, 20, 28)
    assert places["AddBackward0"] == (2, 4, 28)


def test_columns_count_characters_not_bytes(observed: Observed) -> None:
    told = observed("张量 = torch.ones(2, requires_grad=True)\n损失 = (张量 * 2).sum()")
    node = told.node("MulBackward0")
    assert (node.line, node.column, node.end_column) == (2, 6, 12)
    assert told.node("SumBackward0").variable == "损失"


def test_a_program_without_backward_yields_what_is_left_at_the_end(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\ny = (x * 2).mean()")
    (graph,) = told.graphs
    assert (graph.reason, graph.line) == ("final", None)
    assert [node.name for node in graph.nodes] == ["MeanBackward0", "MulBackward0", "AccumulateGrad"]


def test_the_graph_at_the_end_is_not_told_twice(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\nz = (x * 2).sum()\nz.backward()")
    assert [graph.reason for graph in told.graphs] == ["backward"]


def test_several_roots_are_told_in_one_graph(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\na = x * 2\nb = x + 1")
    (graph,) = told.graphs
    assert graph.roots == (0, 1)
    assert [node.name for node in graph.nodes] == ["MulBackward0", "AddBackward0", "AccumulateGrad"]
    assert edges(graph.edges) == [(0, 2, 0), (1, 2, 0)]


def test_a_loop_tells_its_graph_once_and_every_backward(observed: Observed) -> None:
    told = observed("w = torch.ones(2, requires_grad=True)\nfor _ in range(5):\n    (w * 2).sum().backward()")
    assert len(told.graphs) == 1
    assert [(backward.number, backward.graph, backward.line) for backward in told.backwards] == [
        (number, 0, 3) for number in range(1, 6)
    ]


def test_a_new_structure_is_told_again(observed: Observed) -> None:
    told = observed(
        "w = torch.ones(2, requires_grad=True)\nfor i in range(4):\n    h = w * 2\n    if i % 2:\n"
        "        h = h.relu()\n    h.sum().backward()"
    )
    assert [(graph.reason, graph.total_nodes) for graph in told.graphs] == [
        ("backward", 3),
        ("backward", 4),
        ("final", 3),  # h is still there, its sum is not
    ]
    assert [backward.graph for backward in told.backwards] == [0, 1, 0, 1]


def test_backward_tells_which_nodes_it_freed_and_retain_graph_frees_none(observed: Observed) -> None:
    source = "x = torch.tensor(2., requires_grad=True)\nz = x ** 2 + 1\nz.backward({})"
    assert observed(source.format("")).backwards[0].freed == (1,)
    kept = observed(source.format("retain_graph=True")).backwards[0]
    assert (kept.freed, kept.retain_graph) == ((), True)


def test_autograd_grad_is_told_as_such(observed: Observed) -> None:
    told = observed("x = torch.tensor(2., requires_grad=True)\ng, = torch.autograd.grad(x ** 2, x)")
    assert told.graphs[0].reason == "grad"
    assert told.tensor("x").grad_reason == "no_backward_yet"


def test_create_graph_shows_the_graph_of_the_graph(observed: Observed) -> None:
    told = observed(
        "x = torch.tensor(2., requires_grad=True)\ny = x ** 3\ng, = torch.autograd.grad(y, x, create_graph=True)\n"
        "g.backward()\nprint(x.grad)"
    )
    assert told.stdout == "tensor(12.)\n"
    assert [graph.reason for graph in told.graphs] == ["grad", "backward", "final"]
    assert told.backwards[0].create_graph is True
    assert "PowBackward0" in [node.name for node in told.graphs[1].nodes]


def test_a_custom_function_goes_by_its_name_and_the_line_of_its_apply(observed: Observed) -> None:
    told = observed(
        "class Cube(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x):\n"
        "        ctx.save_for_backward(x)\n"
        "        y = x * x\n"
        "        return y * x\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        x, = ctx.saved_tensors\n"
        "        return g * 3 * x * x\n"
        "x = torch.tensor(2., requires_grad=True)\n"
        "z = Cube.apply(x) + 1\n"
        "z.backward()\n"
        "print(x.grad)"
    )
    node = told.node("CubeBackward")
    assert (node.kind, node.line) == ("custom", 12)
    assert node.saved[0].name == "saved_tensors[0]"
    assert told.stdout == "tensor(12.)\n"
    assert told.backwards[0].freed == (1,)


def test_several_outputs_of_one_node_are_told_apart(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\na, b = x.unbind()\nc = a + 2 * b")
    (graph,) = told.graphs
    unbind = next(node.id for node in graph.nodes if node.name == "UnbindBackward0")
    assert sorted(edge.output_nr for edge in graph.edges if edge.head == unbind) == [0, 1]


def test_writing_into_a_slice_shows_copy_slices_with_base_first(observed: Observed) -> None:
    told = observed("x = torch.ones(3, requires_grad=True)\ny = x * 2\ny[0] = x[1]\nz = y.sum()")
    (graph,) = told.graphs
    names = [node.name for node in graph.nodes]
    copy = names.index("CopySlices")
    assert [names[edge.head] for edge in graph.edges if edge.tail == copy] == ["MulBackward0", "SelectBackward0"]
    assert graph.nodes[copy].line == 3


def test_nodes_made_in_a_module_carry_its_path(observed: Observed) -> None:
    told = observed(
        "from torch import nn\nmodel = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))\n"
        "loss = model(torch.ones(4, 2)).sum()"
    )
    assert [(node.name, node.module) for node in told.graphs[0].nodes if node.name != "AccumulateGrad"] == [
        ("SumBackward0", None),
        ("AddmmBackward0", "model.2"),
        ("ReluBackward0", "model.1"),
        ("TBackward0", "model.2"),
        ("AddmmBackward0", "model.0"),
        ("TBackward0", "model.0"),
    ]


def test_locals_of_live_functions_are_told_under_the_functions_name(observed: Observed) -> None:
    told = observed(
        "def main():\n    w = torch.tensor(3., requires_grad=True)\n    loss = w * w\n    loss.backward()\n"
        "    with torch.no_grad():\n        w -= 1\nmain()"
    )
    w = told.tensor("main.w")
    assert w.grad is not None
    assert w.value is not None
    assert (w.grad.data, w.value.data, w.line) == (6.0, 2.0, 6)


def test_a_chain_of_30_000_nodes_is_told_and_survived(observed: Observed) -> None:
    told = observed(
        "x = y = torch.tensor(1., requires_grad=True)\nfor _ in range(30_000):\n    y = y + 1\nprint('alive')"
    )
    (graph,) = told.graphs
    assert (graph.total_nodes, len(graph.nodes), graph.truncated) == (30_001, 2_000, True)
    assert told.stdout == "alive\n"


def test_a_failed_backward_is_told_with_torchs_words(observed: Observed) -> None:
    told = observed("x = torch.tensor(2., requires_grad=True)\nz = x ** 2\nz.backward()\nz.backward()")
    assert told.exception.message.startswith("Trying to backward through the graph a second time")
    assert told.exception.line == 4
    assert [backward.number for backward in told.backwards] == [1, 2]
    assert told.ended.outcome == Outcome.EXCEPTION


def test_a_view_whose_history_torch_refuses_to_rebuild_does_not_silence_the_rest(observed: Observed) -> None:
    told = observed(
        "x = torch.ones(3, requires_grad=True)\ny = x * 1\na, b, c = y.unbind()\n"
        "with torch.no_grad():\n    y.mul_(2)\ny.sum().backward()"
    )
    assert told.stderr == ""
    assert [graph.reason for graph in told.graphs] == ["backward", "final"]
    assert told.tensor("x").grad_reason == "present"


def test_what_the_engine_makes_stands_at_the_call_that_ran_it(observed: Observed) -> None:
    told = observed(
        "x = torch.tensor(2., requires_grad=True)\nfor _ in range(2):\n    y = x ** 3\n"
        "    g, = torch.autograd.grad(y, x, create_graph=True)\n    g.backward()"
    )
    made = [node for node in told.graphs[1].nodes if node.name.startswith("Mul")]
    assert {node.line for node in made} == {4}
    assert [graph.reason for graph in told.graphs] == ["grad", "backward", "final"]


def test_a_custom_function_called_by_another_name_stands_at_its_call(observed: Observed) -> None:
    told = observed(
        "Base = torch.autograd.Function\n"
        "class Square(Base):\n"
        "    @staticmethod\n"
        "    def forward(ctx, v):\n"
        "        ctx.save_for_backward(v)\n"
        "        return v * v\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        return 2 * g * ctx.saved_tensors[0]\n"
        "square = Square.apply\n"
        "x = torch.tensor(2., requires_grad=True)\n"
        "y = square(x)\n"
        "z = square(y) + square(x)\n"
    )
    assert [node.line for node in told.graphs[0].nodes if node.kind == "custom"] == [13, 13, 12]


def test_a_method_on_a_line_of_its_own_stands_there(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\nz = (x\n     .exp()\n     .sum())")
    assert [node.line for node in told.graphs[0].nodes] == [4, 3, 1]


def test_a_leaf_that_a_function_gave_no_gradient_is_not_said_to_be_filled(observed: Observed) -> None:
    told = observed(
        "class First(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, a, b): return a + b\n"
        "    @staticmethod\n"
        "    def backward(ctx, g): return g, None\n"
        "a = torch.ones(1, requires_grad=True)\nb = torch.ones(1, requires_grad=True)\nFirst.apply(a, b).sum().backward()"
    )
    assert [told.tensor(name).grad_reason for name in "ab"] == ["present", "unreachable"]


def test_the_graph_left_at_the_end_is_told_however_many_came_before(observed: Observed) -> None:
    told = observed(
        "x = torch.ones(1, requires_grad=True)\nfor depth in range(105):\n    y = x\n    for _ in range(depth):\n"
        "        y = y * 1\n    y.sum().backward()\nz = x.exp().sin()\ndel y"
    )
    assert told.graphs[-1].reason == "final"
    assert told.graphs[-1].nodes[told.tensor("z").node or 0].name == "SinBackward0"


def test_a_dispatch_mode_of_the_programs_own_sees_nothing_of_us(observed: Observed) -> None:
    source = (
        "from torch.utils._python_dispatch import TorchDispatchMode\n"
        "class Shout(TorchDispatchMode):\n"
        "    def __torch_dispatch__(self, f, types, args=(), kwargs=None):\n"
        "        print(f)\n"
        "        return f(*args, **(kwargs or {}))\n"
        "x = torch.ones(2, requires_grad=True)\n"
        "with Shout():\n    (x * 2).sum().backward()\n"
    )
    plain = subprocess.run(
        [sys.executable, "-c", "import torch\n" + source], capture_output=True, text=True, check=True
    )
    assert observed(source).stdout == plain.stdout


def test_anomaly_mode_shows_the_learners_frames_and_none_of_ours(observed: Observed) -> None:
    told = observed(
        "torch.autograd.set_detect_anomaly(True)\nx = torch.tensor(-1., requires_grad=True)\ny = x.sqrt()\n"
        "(y * 1).backward()"
    )
    assert 'File "<user>", line 3' in told.stderr
    assert "app/child" not in told.stderr


def test_a_program_may_recurse_as_deep_as_anywhere(observed: Observed) -> None:
    told = observed("def f(n): return n if n == 0 else f(n - 1)\nprint(f(985))")
    assert told.stdout == "0\n"
