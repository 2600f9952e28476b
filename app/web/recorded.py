"""Recorded runs of the examples, listed where no program may run, so that the page still has something to play."""

from pathlib import Path

from ..events import DEFAULT_LIMITS, Preset, RunRequest, WireError
from ..runs.example import title_and_source
from ..runs.registry import Registry
from ..runs.replay import load
from .pages import STATIC


def offer_recordings(registry: Registry, static: Path = STATIC) -> None:
    """Lists every recording that has its example, the first example newest. A damaged one is left out."""
    for path in sorted(static.joinpath("recordings").glob("*.jsonl"), reverse=True):
        example = static / "examples" / f"{path.stem}.py"
        try:
            text, lines = example.read_text("utf-8"), load(path)
        except (OSError, WireError):
            continue
        title, source = title_and_source(text, path.stem)
        limits = DEFAULT_LIMITS[Preset.TRAINING]
        registry.adopt(RunRequest(source=source, preset=Preset.TRAINING, limits=limits, title=title), lines)
