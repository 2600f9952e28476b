"""Where nothing runs, the examples' recorded runs are listed and told like any other."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.runs.refusing import RefusingRunner
from app.runs.registry import Registry
from app.settings import Settings
from app.web.pages import STATIC
from app.web.recorded import offer_recordings

from .serving import build, reach

pytestmark = pytest.mark.anyio
EXAMPLES = sorted(path.stem for path in (STATIC / "examples").glob("*.py"))


async def test_a_refusing_server_lists_a_recording_of_every_example_and_tells_its_events() -> None:
    async with reach(build(replace(Settings(), keep=200), RefusingRunner("No walls."))) as client:
        runs = (await client.get("/api/runs")).json()
        assert len(runs) == len(EXAMPLES)
        assert all(run["title"] and run["outcome"] for run in runs)
        first = runs[0]["id"]
        events = await client.get(f"/api/runs/{first}/events")
        assert events.text.count("event: started") == events.text.count("event: finished") == 1
        assert (await client.get(f"/api/runs/{first}/graphs/0.svg")).status_code == 200
        assert "import torch" in (await client.get(f"/api/runs/{first}")).json()["source"]
        assert (await client.post("/api/runs", json={"source": "", "preset": "training"})).status_code == 503


async def test_a_damaged_recording_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "recordings").mkdir()
    (tmp_path / "examples" / "a.py").write_text("# title: A\n")
    (tmp_path / "recordings" / "a.jsonl").write_text("{}\n")
    (tmp_path / "recordings" / "without_example.jsonl").write_text("{}\n")
    registry = Registry(RefusingRunner("No walls."), slots=1, queue=1, keep=1)
    offer_recordings(registry, tmp_path)
    assert registry.runs(10) == []
