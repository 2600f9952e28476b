"""What the calls take and give, as the OpenAPI document describes it."""

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..events import Outcome, Preset

Title = Annotated[str, Field(max_length=200)]
Language = Annotated[Literal["en", "zh"], Field(description="The language of the sentences about the run.")]
Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""A float as it travels."""
EventRecord = Annotated[dict[str, Any], Field(description="One event, the very object the stream carries.")]


def finite(value: float) -> Number:
    """A float as it travels: what is no finite number by its name."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


class Asked(BaseModel):
    """A request's body; a field we don't know is an error, so that a typing mistake is noticed."""

    model_config = ConfigDict(extra="forbid")


class ExpressionForm(Asked):
    """Source to run at once with the limits of an expression."""

    source: str
    language: Language = "en"


class RunForm(Asked):
    """Source to run with the limits of a preset."""

    source: str
    preset: Preset = Preset.TRAINING
    title: Title | None = None
    group: Title | None = None
    steps_per_s: Annotated[float, Field(gt=0, le=1e6)] | None = None
    language: Language = "en"


class RerunForm(Asked):
    """A backward to record by running the program again; `check` names a leaf to compare with finite differences."""

    check: Annotated[str, Field(max_length=1000)] | None = None
    language: Language = "en"


class TitleForm(Asked):
    """A run's new title."""

    title: Title


class Expression(BaseModel):
    """A whole run of an expression."""

    id: str
    url: str
    outcome: Outcome
    detail: str
    stdout: str
    stderr: str
    exception: EventRecord | None
    tensors: list[EventRecord]
    graphs: list[EventRecord]
    backwards: list[EventRecord]
    scalars: list[EventRecord]
    figures: list[EventRecord]
    mistakes: list[EventRecord]
    wall_ms: float


class ArithmeticLine(BaseModel):
    """What a node gives one of its inputs.

    `formula` is written for people, `table` is torch's own entry; `numbers` and `result` are this backward's.
    """

    input: str
    input_nr: int | None
    variable: str | None
    formula: str | None
    numbers: str | None
    result: str | None
    table: str | None
    note: str | None


class Arithmetic(BaseModel):
    """A node's formulas with one backward's numbers put in."""

    node: int
    name: str
    lines: list[ArithmeticLine]


class RunLinks(BaseModel):
    """Where a run is found."""

    id: str
    url: str
    events: str


class LastScalar(BaseModel):
    """The newest point of a series."""

    step: int
    value: Number


class SeriesRecord(BaseModel):
    """What is known of one series; `total` is how many points the loop will give, where that is known."""

    tag: str
    origin: str
    count: int
    total: int | None
    last_step: int
    last_value: Number
    min_value: float | None
    min_step: int | None
    steps_per_s: float | None
    eta_s: float | None


class Best(BaseModel):
    """The series a chart shows when nobody chose one."""

    tag: str
    origin: str


class RunRecord(RunLinks):
    """What is known of a run; `outcome` is null while it is queued or running."""

    title: str | None
    group: str | None
    owner: str | None
    preset: Preset
    state: Literal["queued", "running", "finished"]
    outcome: Outcome | None
    detail: str | None
    queue_position: int | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    wall_ms: float | None
    scalars: dict[str, LastScalar]
    series: list[SeriesRecord]
    sparkline: list[Number]
    best: Best | None


class RunWithSource(RunRecord):
    """A run's record with the source it ran."""

    source: str


class SeriesPoints(BaseModel):
    """A series, thinned out; `total` counts the points before that."""

    step: list[int]
    value: list[Number]
    total: int
    origin: str | None


class Example(BaseModel):
    """A source offered in the editor."""

    slug: str
    title: str
    source: str


class Hit(BaseModel):
    """One find in a graph; `group` is the innermost group to open, and `path` leads to it from the outermost."""

    kind: Literal["node", "group", "variable", "line"]
    label: str
    detail: str
    node: int | None
    group: str | None
    path: list[str]


class Hits(BaseModel):
    """What was found; `total` counts those beyond the limit too."""

    hits: list[Hit]
    total: int


class Invalid(BaseModel):
    """One thing wrong with a request."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """A refusal, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Invalid] | None = None
