"""What a run is asked: source text, a preset of limits, and the outcomes it can have.

Knows nothing of HTTP, processes or torch. Source: the project's API contract, section "A run".
"""

import json
import secrets
from dataclasses import asdict, dataclass, field
from enum import StrEnum

MIB = 1024 * 1024
GIB = 1024 * MIB
MAX_SOURCE_BYTES = 256 * 1024


class Preset(StrEnum):
    """The two sets of limits a client may name; the server owns their numbers."""

    EXPRESSION = "expression"
    TRAINING = "training"


class Outcome(StrEnum):
    """How a run ended. The learner's failure is data, never an HTTP error."""

    OK = "ok"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    STOPPED = "stopped"
    CRASHED = "crashed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use.

    Units: seconds, bytes, counts. `memory_bytes` is what the run may add to the warm start.
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int
    events: int
    stdout_bytes: int


EXPRESSION = Limits(wall_s=10, cpu_s=5, memory_bytes=GIB, events=20_000, stdout_bytes=MIB)
TRAINING = Limits(wall_s=20 * 60, cpu_s=15 * 60, memory_bytes=4 * GIB, events=2_000_000, stdout_bytes=16 * MIB)
DEFAULT_LIMITS = {Preset.EXPRESSION: EXPRESSION, Preset.TRAINING: TRAINING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """How much of its backwards a run records: of how many, of how many nodes each, and how many numbers each.

    Past `numbers` shapes and norms alone are kept.
    """

    backwards: int = 64
    nodes: int = 2_000
    numbers: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A run that is done again for one backward, which is recorded; the run ends with it.

    `check` names a leaf whose gradient is compared with finite differences, or is None.
    """

    backward: int
    check: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One run as it is asked for.

    `title` and `group` are labels for the list of runs; `steps_per_s` slows a training loop down so that a class can
    watch it, and None runs it at full speed. `seed` is what random numbers begin from, None for whatever comes;
    `language` (a BCP 47 tag) that of the sentences about the run.
    """

    source: str
    preset: Preset
    limits: Limits
    title: str | None = None
    group: str | None = None
    steps_per_s: float | None = None
    seed: int | None = None
    language: str = "en"
    recording: Recording = field(default_factory=Recording)
    rerun: Rerun | None = None


def new_seed() -> int:
    """A seed that any of Python's, NumPy's and torch's generators takes."""
    return secrets.randbits(32)


def encode_request(request: RunRequest) -> bytes:
    """The request as UTF-8 JSON, for the descriptor that only the child reads."""
    return json.dumps(asdict(request), ensure_ascii=False).encode("utf-8", "surrogatepass")


def decode_request(data: bytes) -> RunRequest:
    """The request that `encode_request` wrote.

    Raises: ValueError, KeyError or TypeError where the bytes are not such a request.
    """
    fields = json.loads(data.decode("utf-8", "surrogatepass"))
    rerun = fields["rerun"]
    fields |= {"rerun": rerun and Rerun(**rerun), "recording": Recording(**fields["recording"])}
    return RunRequest(**{**fields, "preset": Preset(fields["preset"]), "limits": Limits(**fields["limits"])})
