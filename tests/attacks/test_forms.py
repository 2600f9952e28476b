"""Hostile requests: whatever stands in a title, a group, a name or a number, the answer is a page, data or a problem."""

import json
from typing import Any

import pytest

from app.settings import Settings
from tests.web.serving import build, reach

from .injection import TRAPS

pytestmark = pytest.mark.anyio

SENT = {"content-type": "application/json"}


def body(**fields: Any) -> bytes:
    """JSON as any client may write it: lone surrogates are escaped, and so travel."""
    return json.dumps(fields).encode("ascii")


@pytest.mark.parametrize("name", TRAPS)
async def test_markup_in_a_title_and_a_group_is_kept_as_text_and_shown_as_text(name: str) -> None:
    trap = TRAPS[name]
    async with reach(build()) as client:
        begun = await client.post("/api/runs", content=body(source="pow_add", title=trap, group=trap), headers=SENT)
        if "\ud800" in trap:
            assert begun.status_code == 422
            return
        assert begun.status_code == 201
        run = begun.json()["id"]
        record = (await client.get(f"/api/runs/{run}")).json()
        listed = (await client.get("/api/runs", params={"group": trap})).json()
        pages = [await client.get(path) for path in ("/runs", f"/runs/{run}", f"/runs?group={run}")]
    kept = trap.replace("\0", "\ufffd")  # the one character that a database's text cannot hold
    assert (record["title"], record["group"], [each["id"] for each in listed]) == (kept, kept, [run])
    for page in pages:
        assert "<img src=x" not in page.text
        assert "<svg onload" not in page.text
        assert "alert(1)</script>" not in page.text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/runs", body(source="x", language="../../etc")),
        ("/api/runs", body(source="x", language=["zh"])),
        ("/api/runs", body(source="x", preset="root")),
        ("/api/runs", body(source="x", title="t" * 201)),
        ("/api/runs", body(source="x", steps_per_s=1e308)),
        ("/api/runs", body(source="x", steps_per_s=-1)),
        ("/api/runs", b'{"source":"x","steps_per_s":NaN}'),
        ("/api/runs", b'{"source":"x","steps_per_s":1e999}'),
        ("/api/runs", body(source="x", limits={"wall_s": 1e9})),
        ("/api/runs", body(source="x", seed=1)),
        ("/api/runs", body(source="x", __proto__={})),
        ("/api/runs", body(source=None)),
        ("/api/runs", body(source={"a": 1})),
        ("/api/runs", b"[" * 100_000),
        ("/api/runs", b'{"source":' + b"9" * 5000 + b"}"),
        ("/api/runs", b'{"source":"\xff"}'),
        ("/api/runs", b""),
        ("/api/runs", b"source=x"),
        ("/api/expressions", body(source="x", title="t")),
        ("/api/expressions", body(source=["x"])),
        ("/api/expressions", b"null"),
    ],
)
async def test_a_request_that_is_not_what_the_document_says_is_refused_with_a_problem(path: str, sent: bytes) -> None:
    async with reach(build()) as client:
        answer = await client.post(path, content=sent, headers=SENT)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/%00", "/api/runs/..%2f..%2fetc%2fpasswd", "/api/runs/%ff", f"/api/runs/{'r' * 5000}", "/api/runs/x/graphs/-1.svg",
        f"/api/runs/x/graphs/{2**70}", "/api/runs/x/events?after=-1", f"/api/runs/x/events?after={2**60}", "/api/runs?limit=0",
        "/api/runs?before=%00", "/static/../pyproject.toml", "/static/..%2fpyproject.toml", "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd", "/lessons/..%2f..%2fetc%2fpasswd", "/lessons/%00", "/api/events?runs=%00,%ff,..",
        "/api/runs/x/scalars?tag=%00&points=99999999999", "/api/examples/..%2f..",
    ],
)  # fmt: skip
async def test_a_path_that_leads_nowhere_is_refused_and_shows_nothing(path: str) -> None:
    async with reach(build()) as client:
        answer = await client.get(path)
    assert answer.status_code in (400, 404, 405, 422), answer.text
    assert "root:" not in answer.text
    assert "[project]" not in answer.text
    assert "<script>" not in answer.text.replace('<script type="', "")


@pytest.mark.parametrize(
    "language", ["zh-" * 5000, "../../etc/passwd", "\x7f", "zh;q=nan", "zh;q=1e999", ",,,;;;", "*", "en;q=-1, zh;q=2"]
)
async def test_any_accept_language_gives_a_page(language: str) -> None:
    async with reach(build(Settings(slots=1))) as client:
        assert (await client.get("/", headers={"accept-language": language})).status_code == 200
