"""One level to be laid out: sizes, ports and wires without a word of the graph, so that equal levels are one."""

from dataclasses import dataclass
from typing import NamedTuple

from .geometry import Route
from .options import Direction


class Slot(NamedTuple):
    """A box or frame: its size, and where along its upper and its lower side ports are, of a frame."""

    width: float
    height: float
    ins: tuple[float, ...] = ()
    outs: tuple[float, ...] = ()


class End(NamedTuple):
    """Where a wire ends: a box and perhaps its port, or with `box` -1 a port of the level's border."""

    box: int
    port: int = -1


class Wire(NamedTuple):
    """A wire from tail to head, with the words beside it."""

    tail: End
    head: End
    words: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A level's boxes, how many ports its borders have, and its wires."""

    slots: tuple[Slot, ...]
    ins: int
    outs: int
    wires: tuple[Wire, ...]
    direction: Direction


@dataclass(frozen=True, slots=True)
class Laid:
    """A level's layout: the centres of its boxes, where along the borders its ports are, and its wires' routes."""

    width: float
    height: float
    centres: tuple[tuple[float, float], ...]
    ins: tuple[float, ...]
    outs: tuple[float, ...]
    routes: tuple[Route, ...]
    engine: str
