"""The engine's answer, its limits, and what stands in for it."""

import shutil
import stat
import sys
import threading
from pathlib import Path

import pytest

from app.draw.dot import write_dot
from app.draw.fold import fold
from app.draw.geometry import Geometry
from app.draw.layout import Engine, LayoutError, answer, arrange, find_engine, read
from app.draw.options import Options
from app.draw.picture import Picture

from .graphs import chain, graph, leaf, node, perceptron, recurrence

SMALL = fold(perceptron(3), Options())


def rows(picture: Picture, geometry: Geometry) -> list[list[str]]:
    """The boxes by row from the top, as a person reads them."""
    found: dict[int, list[str]] = {}
    for box in picture.boxes:
        found.setdefault(round(geometry.places[box.id].y), []).append(box.id)
    return [sorted(found[row]) for row in sorted(found)]


def overlaps(picture: Picture, geometry: Geometry) -> list[tuple[str, str]]:
    pairs = []
    for place, one in enumerate(picture.boxes):
        for other in picture.boxes[place + 1 :]:
            a, b = geometry.places[one.id], geometry.places[other.id]
            beside = abs(a.x - b.x) >= (one.width + other.width) / 2 - 0.2
            apart = abs(a.y - b.y) >= (one.height + other.height) / 2 - 0.2
            if not beside and not apart:
                pairs.append((one.id, other.id))
    return pairs


def program(tmp_path: Path, body: str) -> str:
    script = tmp_path / "engine"
    script.write_text(f"#!{sys.executable}\nimport sys, os, time\n{body}\n", "utf-8")
    script.chmod(stat.S_IRWXU)
    return str(script)


def test_the_engine_that_pip_installs_beside_this_python_is_the_one_used() -> None:
    found = find_engine()
    assert found is not None
    assert Path(found.program) == Path(sys.executable).parent / "graphviz-pure"


def test_the_root_is_on_top_and_the_leaves_below_their_users() -> None:
    assert rows(SMALL, arrange(SMALL, Options(), find_engine())) == [
        ["n0"], ["n1"], ["n2", "n3", "n5"], ["n4", "n6"], ["n10", "n7", "n8"], ["n11", "n9"], ["n12", "n13"], ["n14"],
    ]  # fmt: skip


def test_from_left_to_right_the_root_is_leftmost() -> None:
    geometry = arrange(SMALL, Options(direction="LR"), find_engine())
    assert min(geometry.places, key=lambda box: geometry.places[box].x) == "n0"
    assert geometry.width > geometry.height


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs the system's dot")
def test_the_systems_dot_lays_out_the_same_rows_and_links() -> None:
    dot = shutil.which("dot")
    assert dot is not None
    for drawn in (perceptron(3), chain(8), recurrence(6)):
        picture = fold(drawn, Options())
        text = write_dot(picture, Options())
        ours = arrange(picture, Options(), find_engine())
        theirs = read(answer(Engine(dot), text), picture, "dot")
        assert rows(picture, ours) == rows(picture, theirs)
        assert [len(route.points) > 3 for route in theirs.routes] == [True] * len(picture.links)
        assert abs(ours.height - theirs.height) < 0.05 * ours.height


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_no_box_stands_on_another_in_either_layout(direction: str) -> None:
    options = Options(direction="LR" if direction == "LR" else "TB")
    for drawn in (perceptron(8), recurrence(12), chain(100)):
        picture = fold(drawn, options)
        assert overlaps(picture, arrange(picture, options, find_engine())) == []
        plain = arrange(picture, options, None)
        assert plain.engine == "linear"
        assert overlaps(picture, plain) == []


def test_shared_weights_over_five_hundred_steps_are_not_given_to_the_engine() -> None:
    picture = fold(recurrence(120), Options(fold=False))
    assert arrange(picture, Options(), find_engine()).engine == "linear"


@pytest.mark.parametrize(
    "body",
    [
        "sys.exit(1)",
        "os.kill(os.getpid(), 11)",
        "print('not json')",
        'print(\'{"bb": "0,0,1,1", "objects": []}\')',
        "sys.stdin.read(); time.sleep(60)",
        "time.sleep(60)",
        "os.close(0); time.sleep(60)",
        "while True: os.write(1, b'x' * 1000000)",
        "x = bytearray(3 << 30)",
        "while True: pass",
    ],
)
def test_an_engine_that_fails_hangs_floods_or_eats_memory_is_replaced(body: str, tmp_path: Path) -> None:
    broken = Engine(program(tmp_path, body), wall_s=0.5)
    assert arrange(SMALL, Options(), broken).engine == "linear"


def test_an_engine_that_is_not_there_is_replaced() -> None:
    assert arrange(SMALL, Options(), Engine("/no/such/engine")).engine == "linear"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere such a stack may be had")
def test_where_no_thread_can_be_started_our_own_layout_draws() -> None:
    engine = find_engine()
    assert engine is not None
    usual = threading.stack_size(2**46)  # no machine has room for it
    try:
        with pytest.raises(LayoutError, match="no thread"):
            answer(engine, "digraph { a -> b }")
        assert arrange(SMALL, Options(), engine).engine == "linear"
    finally:
        threading.stack_size(usual)


def test_parallel_edges_keep_their_own_routes() -> None:
    picture = fold(graph([node(0, "MulBackward0"), leaf(1, "x")], [(0, 1), (0, 1)]), Options())
    one, two = arrange(picture, Options(), find_engine()).routes
    assert one != two


def test_an_answer_about_another_picture_is_refused() -> None:
    engine = find_engine()
    assert engine is not None
    other = answer(engine, write_dot(fold(chain(3), Options()), Options()))
    with pytest.raises(LayoutError, match=r"other boxes|be read"):
        read(other, SMALL, "engine")
