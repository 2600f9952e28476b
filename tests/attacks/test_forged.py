"""Forged events that decode: whatever is drawn, searched, computed or served of them is sound, or refused in a sentence."""

import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.draw import Options, Suffix, draw_picture, search
from app.draw.focus import FocusError
from app.events import (
    Backward,
    Columns,
    Edge,
    Figure,
    Graph,
    Group,
    Node,
    Record,
    Scalars,
    column,
    decode,
    encode,
    pack,
)
from app.events.columns import OF_EDGES, OF_GROUPS, OF_NODES
from app.explain import arithmetic, change_of
from app.runs.replay import ANY, ReplayRunner
from app.runs.runner import Line
from app.web.groups import group_line
from app.web.refusals import UnknownGroup
from tests.web.serving import build, reach, recordings

from .forged import BACKWARDS, GRAPHS, LARGEST
from .injection import FIGURES, TRAPS

pytestmark = pytest.mark.anyio

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    f"{SVG}{name}"
    for name in [
        "svg",
        "style",
        "g",
        "rect",
        "path",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
        "marker",
        "polygon",
        "ellipse",
        "circle",
        "line",
        "use",
    ]
}
SOME: tuple[Suffix, ...] = ("svg", "dot", "json")
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FOCUSES = st.sampled_from(["", "path:0", "reach:1", "grad"])
OPENED = st.sampled_from([(), ("g0",), ("g1", "g2"), ("0",), ("5", "g0"), ("<b>",)])


def is_only_drawing(svg: str) -> bool:
    """Whether nothing in the picture runs, fetches or leads anywhere; the XML reader is Python's own."""
    return all(
        element.tag in DRAWN and not any(name.startswith("on") or "href" in name for name in element.attrib)
        for element in ElementTree.fromstring(svg).iter()
    )


@FEW
@given(GRAPHS, st.booleans(), OPENED, FOCUSES, st.booleans())
def test_a_forged_graph_is_drawn_or_refused(
    graph: Graph, fold: bool, expand: tuple[str, ...], focus: str, whole: bool
) -> None:
    told: Graph = decode(encode(graph), Graph)
    for suffix in SOME:
        options = Options("auto", "TB", fold, expand, frozenset(), focus, whole)
        try:
            drawn = draw_picture(told, options, suffix, None, standalone=True)
        except FocusError:
            continue
        assert suffix != "svg" or is_only_drawing(drawn.decode())


@FEW
@given(GRAPHS, BACKWARDS)
def test_a_forged_graph_is_searched_opened_and_computed_with(graph: Graph, backward: Backward) -> None:
    told: Graph = decode(encode(graph), Graph)
    for asked in ("a", "line 3", "iteration 2", "0"):
        search(told, None, asked, 20)
    for group in told.groups:
        try:
            decode_group(group_line(told, None, group.id))
        except UnknownGroup:
            continue
    step = next(iter(backward.steps), None)
    for node in told.nodes:
        arithmetic(node, step, change=change_of(node, backward.grads))


def decode_group(line: bytes) -> None:
    assert line.startswith(b'{"type":"graph"')


def node(number: int, **more: object) -> Node:
    return Node(id=number, name="MulBackward0", kind="function", **more)  # type: ignore[arg-type]  # as the test says


def group(name: str, parent: str | None) -> Group:
    return Group(id=name, parent=parent, kind="module", label=TRAPS["HTML"], nodes=3)


BASE = Graph(index=0, reason="final", line=None, roots=(0,), nodes=(), edges=(), total_nodes=0, truncated=False)
CIRCLE = tuple(Edge(tail=tail, head=(tail + 1) % 9, output_nr=0) for tail in range(9))
GRAPHS_BY_NAME = {
    "nothing": BASE,
    "a circle": replace(BASE, nodes=tuple(map(node, range(9))), edges=CIRCLE, total_nodes=9),
    "a node that is its own cause": replace(BASE, nodes=(node(0),), edges=(Edge(tail=0, head=0, output_nr=0),) * 99),
    "edges out of range": replace(BASE, nodes=(node(0),), edges=(Edge(tail=-1, head=LARGEST, output_nr=-9, input_nr=LARGEST),)),
    "a million nodes told, one sent": replace(BASE, nodes=(node(0),), total_nodes=10**6, truncated=True, recorded=10**6),
    "one node two thousand times": replace(BASE, nodes=(node(0),) * 2000, edges=CIRCLE * 400, total_nodes=2000),
    "two thousand nodes, each to each": replace(
        BASE, nodes=tuple(map(node, range(2000))), edges=tuple(Edge(tail=n % 2000, head=n * 7 % 2000, output_nr=0) for n in range(40_000))
    ),
    "groups in a circle": replace(BASE, nodes=(node(0, group="a"),), groups=(group("a", "b"), group("b", "a")), opened=("a", "b")),
    "groups a thousand deep": replace(
        BASE, nodes=(node(0, group="1999"),), groups=tuple(group(str(n), str(n - 1) if n else None) for n in range(2000)),
        opened=tuple(map(str, range(2000))),
    ),
    "markup in every name": replace(
        BASE, nodes=tuple(node(n, variable=trap, module=trap, function=trap, dtype=trap) for n, trap in enumerate(TRAPS.values()) if "\ud800" not in trap),
        missing=TRAPS["SVG"],
    ),
    "names of a thousand characters": replace(BASE, nodes=tuple(node(n, variable="W" * 1000) for n in range(200))),
    "roots and steps past every number": replace(BASE, nodes=(node(LARGEST, line=LARGEST, sequence_nr=-LARGEST),), roots=(LARGEST,), line=-LARGEST),
}  # fmt: skip


@asynccontextmanager
async def telling(
    *events: Graph | Backward | Scalars | Figure | Record,
) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client, and a run on record that told these events."""
    started, *_, finished = recordings()["pow_add"]
    lines: list[Line] = [started, *((event.type, encode(event)) for event in events), finished]
    async with reach(build(runner=ReplayRunner({ANY: lines}))) as client:
        run = (await client.post("/api/runs", json={"source": "x"})).json()["id"]
        await client.get(f"/api/runs/{run}/events")
        yield client, f"/api/runs/{run}"


@pytest.mark.parametrize("name", GRAPHS_BY_NAME)
async def test_a_forged_graph_is_served_in_every_form(name: str) -> None:
    async with telling(GRAPHS_BY_NAME[name]) as (client, run):
        svg = await client.get(f"{run}/graphs/0.svg")
        assert svg.status_code == 200
        assert is_only_drawing(svg.text)
        for rest in (
            "0",
            "0.dot",
            "0.json",
            "0.graphml",
            "0.svg?whole=true",
            "0/search?q=a",
            "0.svg?expand=a,b,1999,0",
            "0?group=a",
        ):
            answer = await client.get(f"{run}/graphs/{rest}")
            assert answer.status_code in (200, 404), (rest, answer.text)


async def test_a_forged_record_that_is_no_columns_is_not_used() -> None:
    bomb = pack(sound(total_nodes=1))
    for data in ("", "AAAA", "====", bomb[:-8], bomb[:40] + "A" * 4000, "A" * 4_000_000):
        async with telling(Record(graph=0, data=data), replace(BASE, nodes=(node(0),), recorded=5)) as (client, run):
            assert (await client.get(f"{run}/graphs/0.svg")).status_code == 200


def sound(**changed: object) -> Columns:
    """Columns of one node and no more."""
    empty = {name: column(name) for name in (*OF_EDGES, *OF_GROUPS)}
    one = {name: column(name, [0]) for name in OF_NODES} | {"group": column("group", [-1])}
    rest = {
        "total_nodes": 1,
        "roots": (0,),
        "missing": "",
        "opened": (),
        "texts": ("a",),
        "shapes": ((),),
        "shape_lists": (),
    }
    return Columns(**{**rest, **one, **empty, **changed})  # type: ignore[arg-type]


async def test_forged_points_are_kept_drawn_and_listed() -> None:
    forged = [
        Scalars(tag=TRAPS["HTML"], origin="log", step=(LARGEST, -LARGEST, 0), value=(float("nan"), 1e308, -1e308), wall_ms=(float("inf"), -1.0, 0.0), total=-5),
        Scalars(tag="loss", origin="log", step=(), value=(), wall_ms=(), total=LARGEST),
        Scalars(tag="", origin="stdout", step=(0,) * 10_000, value=(float("-inf"),) * 10_000, wall_ms=(5e-324,) * 10_000),
    ]  # fmt: skip
    async with telling(*forged) as (client, run):
        for path in (run, "/api/runs", f"{run}/scalars", "/runs"):
            assert (await client.get(path)).status_code == 200
        for frame in forged:
            answer = await client.get(f"{run}/scalars", params={"tag": frame.tag, "origin": frame.origin, "points": 4})
            assert answer.json()["total"] == len(frame.step)


async def test_forged_backwards_are_found_by_number_or_not_at_all() -> None:
    forged = [
        Backward(graph=graph, number=number, line=None, retain_graph=False, create_graph=False)
        for graph, number in ((LARGEST, 1), (-1, 1), (None, -LARGEST), (0, LARGEST))
    ]
    async with telling(replace(BASE, nodes=(node(0),)), *forged) as (client, run):
        for number in (0, 1, 2, LARGEST, 2**70):
            for rest in ("", "/arithmetic?node=0", f"/arithmetic?node={2**70}"):
                answer = await client.get(f"{run}/backwards/{number}{rest}")
                assert answer.status_code in (200, 404, 422), (number, rest, answer.text)


@pytest.mark.parametrize("name", FIGURES)
async def test_a_forged_figure_travels_as_data_and_is_never_a_page(name: str) -> None:
    """The page shows it in an <img>, where nothing runs: tests/static/test_console.py looks at that."""
    import base64

    forged = Figure(index=0, mime="image/svg+xml", data=base64.b64encode(FIGURES[name]).decode())
    async with telling(forged) as (client, run):
        stream = await client.get(f"{run}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["x-content-type-options"] == "nosniff"
    assert b"<script" not in stream.content
