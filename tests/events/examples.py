"""One example of every event, with its boundary cases: NaN, an empty graph, text with every trap."""

import math
from typing import Any

from app.events import (
    Backward,
    Edge,
    Ended,
    ExceptionRaised,
    Figure,
    Finished,
    GradChange,
    Graph,
    Group,
    Mistake,
    Node,
    Outcome,
    Saved,
    Scalars,
    Started,
    Stderr,
    Stdout,
    Step,
    Tensor,
    TensorValue,
)

VALUE = TensorValue(shape=(2, 1), dtype="float32", data=((1.5,), (-math.inf,)), min=-math.inf, max=1.5, nonfinite=1)
NODE = Node(
    id=0, name="MulBackward0", kind="function", saved=(Saved(name="self", value=VALUE), Saved(name="n", value=2.0))
)
EXAMPLES: list[Any] = [
    Started(run_id="r1", preset="expression", python="3.11.7", torch="2.13.0", started_at="2026-01-01T00:00:00Z"),
    Stdout(text='<img src=x onerror="alert(1)">\u2028张量\x00\n'),
    Stderr(text=""),
    Graph(index=0, reason="final", line=None, roots=(), nodes=(), edges=(), total_nodes=0, truncated=False),
    Graph(
        index=1,
        reason="backward",
        line=3,
        roots=(0,),
        nodes=(NODE,),
        edges=(Edge(tail=0, head=0, output_nr=1),),
        groups=(Group(id="g", parent=None, kind="module", label="net", nodes=1),),
        total_nodes=1,
        truncated=False,
    ),
    Backward(
        graph=0,
        number=1,
        line=4,
        retain_graph=True,
        create_graph=False,
        recorded=True,
        steps=(Step(node=0, grad_outputs=(VALUE, None), grad_inputs=()),),
        freed=(1, 2),
        grads={"x": GradChange(old=None, added=VALUE, new=VALUE)},
    ),
    Tensor(
        name="params['w']",
        aliases=("w",),
        kind="parameter",
        shape=(2, 1),
        dtype="float32",
        device="cpu",
        requires_grad=True,
        is_leaf=True,
        grad_fn=None,
        node=None,
        retains_grad=False,
        line=1,
        value=VALUE,
        grad=None,
        grad_reason="no_backward_yet",
        explanation="x",
    ),
    Scalars(tag="loss", origin="log", step=(0, 1), value=(math.inf, 0.5), wall_ms=(0.0, 1.0)),
    Scalars(tag="assigned/cost", origin="assigned", step=(7,), value=(math.nan,), wall_ms=(2.5,), total=500),
    Figure(index=0, mime="image/png", data="aGk="),
    ExceptionRaised(kind="ValueError", message="no", line=1, column=0, traceback="…"),
    Mistake(id="no-zero-grad", severity="warning", line=1, column=0, variable="w", node=None, explanation="a", fix="b"),
    Finished(outcome=Outcome.OK, detail="", events=3, dropped=0, wall_ms=1.5, cpu_ms=None, peak_memory_bytes=None),
    Ended(outcome=Outcome.TIMEOUT, detail="", cpu_ms=1.0, peak_memory_bytes=1),
]
