"""The house's rules as tests: who may import whom, what the server must never load, sizes, names, and true documents."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
ROOMS = {
    "events": set(),
    "words": set(),
    "grouping": {"events"},
    "autograd": {"grouping", "events"},
    "draw": {"events"},
    "runs": {"events", "words"},
    "explain": {"events", "words"},
    "child": {"autograd", "explain", "events", "words"},
    "store": {"events"},
    "agent": {"runs", "store", "events", "settings", "logs"},
    "addresses": set(),
    "web": {"addresses", "agent", "runs", "store", "draw", "explain", "events", "words"},
    "environment": set(),
    "settings": {"environment", "events"},
    "logs": {"settings"},
    "connections": {"addresses", "settings"},
    "main": {"web", "agent", "runs", "store", "settings"},
    "serve": {"main", "runs", "settings", "connections", "logs", "sockets"},
    "supervise": {"agent", "settings"},
    "sockets": {"settings"},
    "cli": {"main", "agent", "runs", "draw", "events", "settings", "sockets"},
    "drawing": {"autograd", "draw", "events"},
}
OUTSIDE = {
    "events": set(),
    "words": {"babel"},
    "grouping": {"numpy"},
    "autograd": {"torch", "torchgen", "yaml", "numpy"},
    "explain": set(),
    "child": {"torch", "numpy", "matplotlib", "torchinfo"},
    "drawing": {"torch"},
    "runs": {"ray"},
    "store": {"sqlalchemy", "alembic", "numpy", "psycopg", "tsdownsample"},
}
"""What a room may import beside the standard library and other rooms; rooms not named may import what the server may."""
OF_CLUSTER = {"ray", "cluster", "lease"}
"""Files of runs/ that import Ray, an extra; `choose.py` imports them where a cluster is asked for."""
NEVER_IN_SERVER = {"torch", "numpy", "matplotlib"}
BANNED_NAMES = {"utils", "helpers", "common", "manager", "managers", "service", "services", "core", "models", "schemas"}
FILE_LINES = 250
FUNCTION_LINES = 40
NESTING = 3
MAP_LINES = 150


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str | None, str]]:
    """Each import of a file as (room, "") for one of ours, or (None, package) for one from outside."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((None, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield None, (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            full = [*base, *(node.module or "").split(".")] if node.module else list(base)
            names = [full[1]] if len(full) > 1 else [alias.name for alias in node.names]
            yield from ((name, "") for name in names if not name.startswith("__"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = room_of(path)
    if room.startswith("__"):
        return
    for ours, outside in imports(path):
        if ours is not None:
            assert ours == room or ours in ROOMS[room], f"{room} must not import {ours}"
        elif room in OUTSIDE:
            allowed = outside in sys.stdlib_module_names or outside in OUTSIDE[room]
            assert allowed, f"{room} must not import {outside}"
        else:
            assert outside not in NEVER_IN_SERVER, f"{room} runs in the server, which never imports {outside}"


def test_the_server_loads_no_torch() -> None:
    probe = "import sys, app.main; app.main.create_app(); print({'torch', 'numpy', 'app.child', 'app.autograd', 'app.grouping'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_ray_is_loaded_only_where_a_cluster_is_asked_for() -> None:
    loading = {path.stem for path in (APP / "runs").glob("*.py") if (None, "ray") in set(imports(path))}
    assert loading == OF_CLUSTER
    asking = [path.stem for path in SOURCES if f"from .{'ray'} import" in path.read_text("utf-8")]
    assert asking == ["choose"]
    probe = "import sys, app.agent.__main__, app.agent.hosting, app.runs.choose as c; c.choose(); print('ray' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_functions_and_nesting_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES, f"{node.name} is too long"
            assert _depth(node) <= NESTING, f"{node.name} nests too deep"


def _depth(node: ast.AST) -> int:
    """How deep blocks stand in blocks; an elif is no deeper than its if."""
    blocks = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, _depth(child) + (isinstance(child, blocks) and not is_elif))
    return deepest


def test_no_file_has_a_name_that_says_nothing() -> None:
    for path in SOURCES:
        assert not BANNED_NAMES & set(re.split(r"[/_.]", str(path.relative_to(APP))))


def test_tests_mirror_the_app() -> None:
    tested = {
        str(path.relative_to(ROOT / "tests").with_name(path.name.removeprefix("test_")))
        for path in (ROOT / "tests").rglob("test_*.py")
        if not {"static", *CROSSING} & set(path.parts) and str(path.relative_to(ROOT / "tests")) not in WHOLE
    }
    files = {str(path.relative_to(APP)) for path in SOURCES}
    rooms = {f"{room}/init.py" for room in ROOMS}
    assert tested - files - rooms == set(), "a test file must stand where the file it tests stands"
    untested = {name for name in files - tested if not name.endswith("__init__.py")} - PURE
    assert {name for name in untested if not name.startswith("store/migrations/")} == set()


CROSSING = {"attacks", "fuzz"}
"""Folders of tests that go through every room: what a hostile program tries, what no person would write."""
WHOLE = {
    "test_architecture.py",
    "test_bad_input.py",
    "test_examples.py",
    "test_pasted.py",
    "test_programs.py",
    "test_proxied.py",
    "test_faults.py",
    "test_five.py",
    "test_lessons.py",
    "test_deployment.py",
    "test_run.py",
    "test_several.py",
    "test_simulator.py",
    "test_wheel.py",
    "test_workers.py",
    "child/test_transparency.py",
    "runs/test_contract.py",
    "runs/test_watched.py",
}
"""Tests of more than one file: the house, whole programs, the set-up."""
PURE = {
    "autograd/places.py",
    "explain/facts.py",
    "explain/things.py",
    "explain/trouble.py",
    "store/record.py",
    "draw/geometry.py",
    "draw/options.py",
    "web/forms.py",
    "web/states.py",
    "web/refusals.py",
    "web/house.py",
    "draw/convert.py",
}
"""Files that hold data and no decision, and the program behind `draw/export.py`: tested through those that use them."""


def test_the_map_is_short_and_names_only_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) <= MAP_LINES
    named = re.findall(r"`((?:app|templates|static|tests|bench)/[\w/.\-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists() and "dist" not in path] == []


def test_a_panel_has_one_word_everywhere() -> None:
    for script in (ROOT / "static" / "js" / "panels").glob("*.js"):
        panel = script.stem
        assert (ROOT / "templates" / "panels" / f"_{panel}.html").exists()
        assert (ROOT / "static" / "css" / f"{panel}.css").exists()
        assert (ROOT / "tests" / "static" / f"test_{panel}.py").exists()


def test_scripts_keep_to_their_side() -> None:
    for script in (ROOT / "static" / "js").rglob("*.js"):
        text = script.read_text("utf-8")
        assert "innerHTML" not in text
        if script.parent.name == "panels":
            sources = re.findall(r'from "([^"]+)"', text)
            assert all("panels" not in source and "client" not in source for source in sources)
