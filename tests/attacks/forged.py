"""Events that decode and that no run of ours would tell: edges that lead nowhere, groups in circles, numbers past reason."""

from hypothesis import strategies as st

from app.events import Backward, Edge, GradChange, Graph, Group, Node, Saved, Scalars, Step, Tensor, TensorValue

from .injection import TRAPS

LARGEST = 2**63 - 1
TEXTS = st.sampled_from(
    ["", "a", "0", "g0", "g1", "None", "MulBackward0", "AccumulateGrad", "n" * 1000]
) | st.sampled_from([trap for trap in TRAPS.values() if "\ud800" not in trap])
NUMBERS = st.integers(-3, 12) | st.sampled_from([LARGEST, -LARGEST, 2**53, 10**6, -1, 0])
FLOATS = st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324])
SHAPES = st.lists(NUMBERS, max_size=4).map(tuple)
ELEMENTS = st.recursive(
    FLOATS | NUMBERS | st.booleans() | st.sampled_from(["NaN", "1+2j", "<b>"]),
    lambda each: st.lists(each, max_size=4).map(tuple),
    max_leaves=12,
)
FIGURES = st.none() | FLOATS
VALUES = st.builds(
    TensorValue,
    shape=SHAPES,
    dtype=TEXTS,
    data=st.none() | ELEMENTS,
    min=FIGURES,
    max=FIGURES,
    mean=FIGURES,
    std=FIGURES,
    norm=FIGURES,
    nonfinite=st.none() | NUMBERS,
)
NAMES = st.none() | TEXTS
PLACES = st.none() | NUMBERS
NODES = st.builds(
    Node,
    id=NUMBERS,
    name=TEXTS,
    kind=st.sampled_from(["function", "accumulate_grad", "custom", "undefined"]),
    variable=NAMES,
    shape=st.none() | SHAPES,
    dtype=NAMES,
    line=PLACES,
    column=PLACES,
    end_line=PLACES,
    end_column=PLACES,
    function=NAMES,
    module=NAMES,
    formula=st.none()
    | st.sampled_from(
        ["", "self: grad * other", "self: nothing\nother: grad", ":", "a\n\n:b", "<script>", "self: " + "(" * 500]
    ),
    saved=st.lists(
        st.builds(
            Saved,
            name=TEXTS | st.sampled_from(["self", "other", "reduction", "result"]),
            value=st.none() | VALUES | FLOATS | TEXTS,
            freed=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    sequence_nr=PLACES,
    value=st.none() | VALUES,
    group=st.none() | st.sampled_from(["g0", "g1", "g2", "", "<b>"]),
)
GROUPS = st.builds(
    Group,
    id=st.sampled_from(["g0", "g1", "g2", "", "<b>"]),
    parent=st.none() | st.sampled_from(["g0", "g1", "g2", "", "<b>"]),
    kind=st.sampled_from(["module", "function", "line", "repeat"]),
    label=TEXTS,
    nodes=NUMBERS,
    repeats=NUMBERS,
    inputs=NUMBERS,
    outputs=NUMBERS,
    input_shapes=st.lists(SHAPES, max_size=2).map(tuple),
    output_shapes=st.lists(SHAPES, max_size=2).map(tuple),
    parameters=NUMBERS,
    elements=NUMBERS,
    first_line=PLACES,
    last_line=PLACES,
)
GRAPHS = st.builds(
    Graph,
    index=NUMBERS,
    reason=st.sampled_from(["backward", "grad", "final"]),
    line=PLACES,
    roots=st.lists(NUMBERS, max_size=3).map(tuple),
    nodes=st.lists(NODES, max_size=8).map(tuple),
    edges=st.lists(st.builds(Edge, tail=NUMBERS, head=NUMBERS, output_nr=NUMBERS, input_nr=NUMBERS), max_size=12).map(
        tuple
    ),
    groups=st.lists(GROUPS, max_size=4).map(tuple),
    opened=st.lists(st.sampled_from(["g0", "g1", "g2", "", "<b>", "nowhere"]), max_size=3).map(tuple),
    total_nodes=NUMBERS,
    truncated=st.booleans(),
    recorded=NUMBERS,
    missing=TEXTS,
)
GRADIENTS = st.lists(st.none() | VALUES, max_size=3).map(tuple)
CHANGES = st.none() | VALUES
BACKWARDS = st.builds(
    Backward,
    graph=PLACES,
    number=NUMBERS,
    line=PLACES,
    retain_graph=st.booleans(),
    create_graph=st.booleans(),
    recorded=st.booleans(),
    values=st.sampled_from([None, "elements", "norms"]),
    steps=st.lists(
        st.builds(Step, node=NUMBERS, grad_outputs=GRADIENTS, grad_inputs=GRADIENTS, arrived=st.none() | GRADIENTS),
        max_size=3,
    ).map(tuple),
    freed=st.lists(NUMBERS, max_size=3).map(tuple),
    grads=st.dictionaries(TEXTS, st.builds(GradChange, old=CHANGES, added=CHANGES, new=CHANGES), max_size=3),
    raised=st.booleans(),
    failed=PLACES,
)
POINTS = st.lists(st.tuples(NUMBERS, FLOATS, FLOATS), max_size=6)


@st.composite
def scalars(draw: st.DrawFn) -> Scalars:
    """A frame of points of any steps and values, in any order."""
    points = draw(POINTS)
    steps, values, walls = (tuple(point[place] for point in points) for place in range(3))
    origin = draw(st.sampled_from(["log", "backward", "optimizer", "assigned", "stdout"]))
    return Scalars(tag=draw(TEXTS), origin=origin, step=steps, value=values, wall_ms=walls, total=draw(PLACES))  # type: ignore[arg-type]


TENSORS = st.builds(
    Tensor,
    name=TEXTS,
    aliases=st.lists(TEXTS, max_size=3).map(tuple),
    kind=st.sampled_from(["tensor", "parameter", "buffer"]),
    shape=SHAPES,
    dtype=TEXTS,
    device=TEXTS,
    requires_grad=st.booleans(),
    is_leaf=st.booleans(),
    grad_fn=NAMES,
    node=PLACES,
    retains_grad=st.booleans(),
    line=PLACES,
    value=CHANGES,
    grad=CHANGES,
    grad_reason=st.sampled_from(["no_backward_yet", "not_a_leaf", "requires_grad_false", "unreachable", "present"]),
    explanation=TEXTS,
)
