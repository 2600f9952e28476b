"""What was typed is kept for a while, in memory."""

import asyncio
from pathlib import Path

import pytest

from app.runs.replay import load
from app.web import shelf as shelf_module
from app.web.shelf import Kept, Shelf

from ..runs.play import request

pytestmark = pytest.mark.anyio
POW_ADD = load(Path(__file__).parents[1] / "recordings" / "pow_add.jsonl")


def finished(run_id: str, *, listed: bool = False) -> Kept:
    kept = Kept(run_id, request("x"), listed=listed)
    for line in POW_ADD:
        kept.add(line)
    return kept


async def test_a_run_is_kept_from_its_first_line_and_tells_how_it_ended() -> None:
    shelf = Shelf()
    kept = shelf.put(Kept("a", request("x")))
    kept.add(POW_ADD[0])
    assert (shelf.find("a"), kept.started_at, kept.finished) == (kept, "2026-11-23T12:00:00Z", None)
    for line in POW_ADD[1:]:
        kept.add(line)
    assert (kept.finished and kept.finished.outcome, kept.journal.closed) == ("ok", True)
    shelf.close()
    assert shelf.find("a") is None


async def test_a_finished_run_expires_and_a_recording_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "UNLISTED_S", 0.0)
    shelf = Shelf()
    shelf.settle(shelf.put(finished("typed")))
    recorded = shelf.put(finished("recorded", listed=True))
    for _ in range(5):
        await asyncio.sleep(0)
    assert shelf.find("typed") is None
    assert shelf.listed() == [recorded]


async def test_kept_runs_stay_within_their_bytes_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    size = finished("x").size
    monkeypatch.setattr(shelf_module, "KEPT_BYTES", 2 * size + 100)
    shelf = Shelf()
    for name in "abc":
        shelf.settle(shelf.put(finished(name)))
    assert [shelf.find(name) is not None for name in "abc"] == [False, True, True]
    assert (shelf.forget("b"), shelf.forget("b")) == (True, False)
    shelf.close()


def test_what_a_run_takes_counts_its_source_too() -> None:
    kept = Kept("a", request("x" * 200_000))
    assert kept.size > 200_000
