"""Where everything of a picture is: points, the origin at the top left, y downwards."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A box's centre."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """A link's curve: a start and then three points per cubic piece; `label` is where its words are centred."""

    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float]
    label: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A frame: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """The whole layout: places by box id, routes in the order of the picture's links, who made it, and by their groups'
    ids the frames' areas."""

    width: float
    height: float
    places: dict[str, Place]
    routes: tuple[Route, ...]
    engine: str
    areas: dict[str, Area] = field(default_factory=dict)
