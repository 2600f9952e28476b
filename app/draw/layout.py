"""DOT -> geometry, by a Graphviz engine in a process of its own; where that fails, by our own linear layout.

The engine is handed a stranger's graph: it gets a time limit, a memory limit and a limit on what it may answer.
Source: graphviz.org/docs/outputs/json (`-Tjson0`); positions are points, y upwards.
"""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from .dot import write_dot
from .fold import total_span
from .geometry import Geometry, Place, Route
from .linear import linear
from .options import Options
from .picture import Picture

CPU_S = 3
MEMORY_BYTES = 1024**3
OUTPUT_BYTES = 16 * 1024**2
MOST_SPAN = 10_000
"""Rows all edges may cross in all: beyond, Graphviz would not end in time, so it is not asked."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Engine:
    """A Graphviz program, how long it may take each time, and when, on the monotonic clock, it must have ended."""

    program: str
    wall_s: float = 6.0
    until: float = inf

    @property
    def left_s(self) -> float:
        """How long it may take now."""
        return min(self.wall_s, self.until - time.monotonic())


class LayoutError(Exception):
    """The engine gave no layout. Never leaves this room: our own layout answers instead."""


def arrange(picture: Picture, options: Options, engine: Engine | None) -> Geometry:
    """Where everything of a picture is. Never fails."""
    if engine is None or total_span(picture, MOST_SPAN) > MOST_SPAN:
        return linear(picture, options.direction)
    try:
        return read(answer(engine, write_dot(picture, options)), picture, Path(engine.program).stem)
    except LayoutError:
        return linear(picture, options.direction)


@cache
def find_engine() -> Engine | None:
    """The engine beside this Python first, where pip puts it, then on PATH; None where there is none."""
    beside = str(Path(sys.executable).parent)
    for name, path in (("graphviz-pure", beside), ("graphviz-pure", None), ("dot", None)):
        found = shutil.which(name, path=path)
        if found:
            return Engine(found)
    return None


def read(record_text: bytes, picture: Picture, engine_name: str) -> Geometry:
    """The geometry in an engine's JSON.

    Raises: LayoutError where the answer isn't a layout of this picture.
    """
    try:
        record = json.loads(record_text)
    except ValueError as error:
        raise LayoutError(f"the engine's answer can't be read: {error}") from error
    found = geometry(record, [f"e{number}" for number in range(len(picture.links))], engine_name)
    if found.places.keys() != {box.id for box in picture.boxes}:
        raise LayoutError("the engine's answer has other boxes than the picture")
    return found


def geometry(record: Any, links: Iterable[str], engine_name: str) -> Geometry:
    """The geometry in the record of one graph, whose links have these ids.

    Raises: LayoutError where it isn't one.
    """
    try:
        _, _, width, height = (float(number) for number in record["bb"].split(","))
        objects = [item for item in record.get("objects", []) if "pos" in item]
        places = {item["name"]: _place(item["pos"], height) for item in objects}
        edges = {item["id"]: item for item in record.get("edges", [])}
        routes = tuple(_route(edges[name], height) for name in links)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise LayoutError(f"the engine's answer can't be read: {error}") from error
    return Geometry(width=width, height=height, places=places, routes=routes, engine=engine_name)


def _place(text: str, height: float) -> Place:
    x, y = _xy(text)
    return Place(x, height - y)


def _route(edge: dict[str, Any], height: float) -> Route:
    points: list[Point] = []
    tip: Point | None = None
    for word in edge["pos"].split(";")[0].split():
        x, y = _xy(word.removeprefix("e,").removeprefix("s,"))
        if word.startswith("e,"):
            tip = (x, height - y)
        elif not word.startswith("s,"):
            points.append((x, height - y))
    if len(points) % 3 != 1:
        raise ValueError("a curve has an odd number of points")
    label = None
    if "lp" in edge:
        x, y = _xy(edge["lp"])
        label = (x, height - y)
    return Route(points=tuple(points), tip=tip or points[-1], label=label)


def _xy(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def answer(engine: Engine, dot: str) -> bytes:
    """The engine's answer to a DOT text.

    Raises: LayoutError where it can't be started, says no, or passes a limit.
    """
    try:
        process = subprocess.Popen(
            [engine.program, "-Kdot", "-Tjson0", "-q"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise LayoutError(f"the engine can't be started: {error}") from error
    assert process.stdin is not None
    assert process.stdout is not None
    _bound(process.pid)
    alarm = threading.Timer(max(0.0, engine.left_s), process.kill)
    feeder = threading.Thread(target=_feed, args=(process.stdin, dot.encode()))
    with process, process.stdout as answers:
        try:
            alarm.start()
            feeder.start()
        except RuntimeError as error:
            alarm.cancel()
            process.kill()
            raise LayoutError(f"no thread can be started to ask the engine: {error}") from error
        told = answers.read(OUTPUT_BYTES + 1)
        if len(told) > OUTPUT_BYTES:
            process.kill()
        code = process.wait()
        alarm.cancel()
        feeder.join()
    if code != 0 or len(told) > OUTPUT_BYTES:
        raise LayoutError(f"the engine ended with {code} after {len(told)} bytes")
    return told


def _feed(pipe: Any, data: bytes) -> None:
    """Writes the engine's input; an engine killed for its time has closed the other end."""
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        return


def _bound(pid: int) -> None:
    """Bounds the engine's memory and CPU where the platform can (Linux); elsewhere the wall clock alone bounds it."""
    try:
        import resource
    except ImportError:
        return
    if not hasattr(resource, "prlimit"):
        return
    try:
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.prlimit(pid, resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    except (OSError, ProcessLookupError):
        return
