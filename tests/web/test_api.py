"""The calls about runs, over recordings; every answer also against the OpenAPI document."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from app.events import Limits, Preset, RunRequest
from app.runs.choose import choose
from app.runs.replay import ReplayRunner
from app.runs.runner import Line
from app.settings import Settings

from .serving import RECORDINGS, SLOW, build, reach, recordings

pytestmark = pytest.mark.anyio


async def started(client: httpx.AsyncClient, source: str = "pow_add", **more: Any) -> str:
    answer = await client.post("/api/runs", json={"source": source, "preset": "training", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def ended(client: httpx.AsyncClient, source: str = "pow_add", **more: Any) -> str:
    """The id of a run that has played to its end."""
    run = await started(client, source, **more)
    await client.get(f"/api/runs/{run}/events")
    return run


async def test_a_run_is_begun_and_its_record_tells_how_it_ended() -> None:
    async with reach(build()) as client:
        answer = await client.post("/api/runs", json={"source": "pow_add", "title": "one", "group": "class"})
        run = answer.json()["id"]
        assert (answer.status_code, answer.json()) == (
            201,
            {"id": run, "url": f"/api/runs/{run}", "events": f"/api/runs/{run}/events"},
        )
        await client.get(f"/api/runs/{run}/events")
        record = (await client.get(f"/api/runs/{run}")).json()
    assert record == {
        "id": run,
        "url": f"/api/runs/{run}",
        "events": f"/api/runs/{run}/events",
        "title": "one",
        "group": "class",
        "owner": None,
        "preset": "training",
        "state": "finished",
        "outcome": "ok",
        "detail": "The program ran to its end.",
        "queue_position": None,
        "created_at": record["created_at"],
        "started_at": "2026-11-23T12:00:00Z",
        "finished_at": record["finished_at"],
        "wall_ms": 14.2,
        "scalars": {},
        "series": [],
        "sparkline": [],
        "best": None,
        "source": "pow_add",
    }


async def test_runs_are_listed_newest_first_page_by_page() -> None:
    async with reach(build()) as client:
        runs = [await ended(client) for _ in range(3)]
        await client.post("/api/expressions", json={"source": "pow_add"})
        first = (await client.get("/api/runs", params={"limit": 2})).json()
        second = (await client.get("/api/runs", params={"limit": 2, "before": first[-1]["id"]})).json()
    assert [run["id"] for run in first] == [runs[2], runs[1]]
    assert [run["id"] for run in second] == [runs[0]]


async def test_a_run_is_renamed_and_forgotten() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        renamed = await client.patch(f"/api/runs/{run}", json={"title": "二"})
        gone = await client.delete(f"/api/runs/{run}")
        after = await client.get(f"/api/runs/{run}")
    assert (renamed.status_code, renamed.json()["title"]) == (200, "二")
    assert (gone.status_code, gone.content) == (204, b"")
    assert after.status_code == 404


async def test_a_run_that_goes_on_is_stopped() -> None:
    async with reach(build(pause_s=0.01)) as client:
        run = await started(client, SLOW)
        answer = await client.post(f"/api/runs/{run}/stop", json={})
        await client.get(f"/api/runs/{run}/events")
        record = (await client.get(f"/api/runs/{run}")).json()
    assert (answer.status_code, answer.json()["id"], record["outcome"]) == (202, run, "stopped")


async def test_too_many_runs_at_once_are_told_when_to_try_again() -> None:
    settings = Settings(slots=1, queue=1)
    async with reach(build(settings, pause_s=0.05)) as client:
        answers = [await client.post("/api/runs", json={"source": SLOW}) for _ in range(3)]
        waiting = (await client.get(answers[1].json()["url"])).json()
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert waiting["queue_position"] == 1
    assert answers[2].headers["retry-after"] == "5"
    assert answers[2].json() == {
        "type": "urn:gradwalk:problem:busy",
        "title": "Too many runs at once.",
        "status": 429,
        "detail": "Too many runs are waiting. Try again in 5 s.",
    }


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({"source": "x" * (256 * 1024 + 1)}, 413, "source-too-large"),
        ({"source": "中" * (86 * 1024)}, 413, "source-too-large"),
        ({"source": "x" * (3 << 20)}, 413, "body-too-large"),
        ({"source": "x", "preset": "huge"}, 422, "invalid"),
        ({"source": 5}, 422, "invalid"),
        ({"sauce": "x"}, 422, "invalid"),
        ({"source": "x", "title": "t" * 201}, 422, "invalid"),
        ({"source": "x", "steps_per_s": 0}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
)
async def test_what_is_no_run_is_refused_with_a_sentence(body: Any, status: int, name: str) -> None:
    async with reach(build()) as client:
        answer = await client.post("/api/runs", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["type"]) == (status, status, f"urn:gradwalk:problem:{name}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"].endswith(".")


async def test_an_unknown_preset_is_told_which_there_are() -> None:
    async with reach(build()) as client:
        answer = await client.post("/api/runs", json={"source": "x", "preset": "huge"})
    assert answer.json() == {
        "type": "urn:gradwalk:problem:invalid",
        "title": "The request can't be understood.",
        "status": 422,
        "detail": "preset: Input should be 'expression' or 'training'. Correct that and send it again.",
        "errors": [{"pointer": "/body/preset", "detail": "Input should be 'expression' or 'training'"}],
    }


async def test_exactly_the_most_source_and_no_source_at_all_are_taken() -> None:
    async with reach(build()) as client:
        answers = [await client.post("/api/runs", json={"source": source}) for source in ("x" * (256 * 1024), "")]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/runs/nowhere"),
        ("PATCH", "/api/runs/nowhere"),
        ("DELETE", "/api/runs/nowhere"),
        ("POST", "/api/runs/nowhere/stop"),
        ("GET", "/api/runs/nowhere/events"),
        ("GET", "/api/events?runs=nowhere"),
        ("GET", "/api/runs/nowhere/scalars"),
        ("GET", "/api/runs/nowhere/graphs/0"),
        ("GET", "/api/runs/nowhere/graphs/0.svg"),
        ("GET", "/api/runs?before=nowhere"),
    ],
)
async def test_an_unknown_run_is_a_problem_everywhere(method: str, path: str) -> None:
    async with reach(build()) as client:
        answer = await client.request(method, path, json={"title": "x"} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:gradwalk:problem:unknown-run")
    assert "Run the program again." in answer.json()["detail"]


async def test_an_unknown_address_and_a_wrong_method_are_problems_too() -> None:
    async with reach(build()) as client:
        answers = [await client.get("/api/nothing"), await client.put("/api/runs", json={})]
    assert [(answer.status_code, answer.headers["content-type"]) for answer in answers] == [
        (404, "application/problem+json"),
        (405, "application/problem+json"),
    ]


async def test_where_there_is_no_wall_code_is_refused_and_the_server_still_answers() -> None:
    settings = Settings(wall="refuse")
    async with reach(build(settings, choose(wall="refuse"))) as client:
        health = (await client.get("/healthz")).json()
        refused = await client.post("/api/expressions", json={"source": "1"})
    assert (health["state"], health["tier"]) == ("refusing", "none")
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:gradwalk:problem:refusing")
    assert "--unsafe-no-sandbox" in refused.json()["detail"]


async def test_the_examples_are_listed_in_order_with_their_titles(pytestconfig: pytest.Config) -> None:
    files = sorted((pytestconfig.rootpath / "static" / "examples").glob("*.py"))
    async with reach(build()) as client:
        examples = (await client.get("/api/examples")).json()
    assert [example["slug"] for example in examples] == [path.stem for path in files]
    for path, example in zip(files, examples, strict=True):
        assert path.read_text("utf-8").startswith(f"# title: {example['title']}\n")
        assert path.read_text("utf-8").endswith(example["source"])


async def test_the_server_owns_the_limits() -> None:
    tight = Limits(wall_s=1, cpu_s=1, memory_bytes=1, events=1, stdout_bytes=1)
    asked: list[RunRequest] = []

    class Noting(ReplayRunner):
        def run(self, run_id: str, request: RunRequest) -> AsyncGenerator[Line, None]:
            asked.append(request)
            return super().run(run_id, request)

    app = build(Settings(limits={Preset.EXPRESSION: tight, Preset.TRAINING: tight}), Noting(recordings()))
    async with reach(app) as client:
        await ended(client)
    assert [request.limits for request in asked] == [tight]


def schema_of(document: dict[str, Any], path: str, method: str, status: str, media: str) -> Any:
    return document["paths"][path][method]["responses"][status]["content"][media]["schema"]


async def test_the_openapi_document_names_every_call_and_describes_its_refusals() -> None:
    async with reach(build()) as client:
        document = (await client.get("/openapi.json")).json()
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == {
        ("/api/expressions", "post"),
        ("/api/runs", "post"),
        ("/api/runs", "get"),
        ("/api/runs/{run_id}", "get"),
        ("/api/runs/{run_id}", "patch"),
        ("/api/runs/{run_id}", "delete"),
        ("/api/runs/{run_id}/stop", "post"),
        ("/api/runs/{run_id}/events", "get"),
        ("/api/runs/{run_id}/scalars", "get"),
        ("/api/runs/{run_id}/backwards/{number}", "get"),
        ("/api/runs/{run_id}/backwards/{number}", "post"),
        ("/api/runs/{run_id}/backwards/{number}/arithmetic", "get"),
        ("/api/runs/{run_id}/graphs/{index}", "get"),
        ("/api/runs/{run_id}/graphs/{index}.{suffix}", "get"),
        ("/api/runs/{run_id}/graphs/{index}/search", "get"),
        ("/api/events", "get"),
        ("/api/examples", "get"),
        ("/api/operator", "get"),
        ("/healthz", "get"),
        ("/metrics", "get"),
    }
    problem = schema_of(document, "/api/runs", "post", "413", "application/problem+json")
    assert problem == {"$ref": "#/components/schemas/Problem"}
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in str(document)
    assert set(schemas["Problem"]["required"]) == {"type", "title", "status", "detail"}


async def test_recordings_exist() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.jsonl")} >= {"pow_add", "requires_grad_non_leaf"}
