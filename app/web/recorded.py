"""Recorded runs of the examples, listed where no program may run, so that the page still has something to play."""

from dataclasses import replace
from pathlib import Path

from ..events import DEFAULT_LIMITS, Preset, RunRequest, Started, WireError, decode, encode
from ..runs.example import title_and_source
from ..runs.replay import load
from .pages import STATIC
from .shelf import Kept, Shelf


def offer_recordings(shelf: Shelf, static: Path = STATIC) -> None:
    """Lists every recording that has its example, the first example newest, in each process under the same id.

    A damaged one is left out.
    """
    for path in sorted(static.joinpath("recordings").glob("*.jsonl"), reverse=True):
        example = static / "examples" / f"{path.stem}.py"
        try:
            text, lines = example.read_text("utf-8"), load(path)
        except (OSError, WireError):
            continue
        title, source = title_and_source(text, path.stem)
        limits = DEFAULT_LIMITS[Preset.TRAINING]
        request = RunRequest(source=source, preset=Preset.TRAINING, limits=limits, title=title)
        kept = shelf.put(Kept(f"example-{path.stem}", request, listed=True))
        for kind, line in lines:
            kept.add((kind, _under(kept.id, line) if kind == Started.type else line))


def _under(run_id: str, line: bytes) -> bytes:
    """A first line with the id the recording has here."""
    return encode(replace(decode(line, Started), run_id=run_id))
