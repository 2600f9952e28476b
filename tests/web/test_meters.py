"""What a monitor reads, as Prometheus' own parser understands it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from .serving import build, reach

pytestmark = pytest.mark.anyio


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in found}


async def test_requests_runs_streams_and_walls_are_counted() -> None:
    async with reach(build()) as client:
        run = (await client.post("/api/runs", json={"source": "pow_add"})).json()
        await client.get(run["events"])
        await client.get("/api/runs/none")
        await client.get("/nowhere/at/all")
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    read = samples(answer.text)
    assert read["gradwalk_requests_total", "POST", "/api/runs", "201"] == 1
    assert read["gradwalk_requests_total", "GET", "/api/runs/{run_id}", "404"] == 1
    assert read["gradwalk_requests_total", "GET", "other", "404"] == 1
    assert read["gradwalk_request_seconds_count", "/api/runs/{run_id}/events"] == 1
    assert read["gradwalk_runs_ended_total", "ok", "training"] == 1
    assert read["gradwalk_state", "ready"] == 1
    assert (read["gradwalk_streams",], read["gradwalk_runs_running", "listed"]) == (0, 0)
    assert read["gradwalk_slots",] == 4


async def test_an_address_made_up_by_a_client_makes_no_series_of_its_own() -> None:
    async with reach(build()) as client:
        for number in range(20):
            await client.request("MADE" + "X" * number, f"/{number}")
        read = samples((await client.get("/metrics")).text)
    assert {labels[1:3] for labels in read if labels[0] == "gradwalk_requests_total"} == {("other", "other")}
