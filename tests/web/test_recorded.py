"""Where nothing runs, the examples' recorded runs are listed and told like any other."""

from pathlib import Path

import pytest

from app.runs.refusing import RefusingRunner
from app.web.pages import STATIC
from app.web.recorded import offer_recordings
from app.web.shelf import Shelf

from .serving import build, reach

pytestmark = pytest.mark.anyio
EXAMPLES = sorted(path.stem for path in (STATIC / "examples").glob("*.py"))


async def test_a_refusing_server_lists_a_recording_of_every_example_and_tells_its_events() -> None:
    async with reach(build(runner=RefusingRunner("No walls."))) as client:
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
    shelf = Shelf()
    offer_recordings(shelf, tmp_path)
    assert shelf.listed() == []
