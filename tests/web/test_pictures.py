"""Pictures of a run's graphs in every format."""

import base64
import hashlib
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from app.draw import FORMATS, Suffix
from app.web import pictures

from .serving import RECORDINGS, build, build_large, reach
from .test_api import ended

pytestmark = pytest.mark.anyio

STARTS = {
    "svg": b"<svg",
    "dot": b"digraph",
    "png": b"\x89PNG",
    "pdf": b"%PDF-",
    "json": b'{"type": "picture"',
    "graphml": b"<?xml",
}


@pytest.mark.parametrize("suffix", FORMATS)
async def test_each_format_is_what_its_name_says(suffix: Suffix) -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0.{suffix}", params={"theme": "dark", "direction": "LR"})
    assert answer.status_code == 200
    assert FORMATS[suffix] == answer.headers["content-type"]
    assert answer.content.startswith(STARTS[suffix])
    assert answer.headers["content-disposition"] == f'inline; filename="graph-0.{suffix}"'


async def test_nothing_is_drawn_for_who_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    app = build()
    drawn: list[str] = []
    answers: list[MutableMapping[str, Any]] = []

    def draw(*_: object, **__: object) -> bytes:
        drawn.append("a picture")
        return b""

    monkeypatch.setattr(pictures, "draw_picture", draw)

    async def left() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    async with reach(app) as client:
        url = client.build_request("GET", f"/api/runs/{await ended(client)}/graphs/0.svg").url
        scope = {
            "type": "http",
            "method": "GET",
            "path": url.path,
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
        }
        await app(scope, left, send)
        assert (answers[0]["status"], drawn) == (499, [])
        assert (await client.get(url)).status_code == 200
    assert drawn == ["a picture"]


async def test_without_a_suffix_it_is_the_very_event() -> None:
    event = next(line for line in (RECORDINGS / "pow_add.jsonl").read_bytes().splitlines() if b'"graph"' in line)
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0")
        group = await client.get(f"/api/runs/{run}/graphs/0", params={"group": "encoder"})
    assert (answer.content, answer.headers["content-type"]) == (event, "application/json")
    assert (group.status_code, group.json()["type"]) == (404, "urn:gradwalk:problem:unknown-group")


async def test_the_page_asks_for_an_svg_without_a_style_of_its_own() -> None:
    async with reach(build()) as client:
        run = await ended(client)
        alone = await client.get(f"/api/runs/{run}/graphs/0.svg")
        inside = await client.get(f"/api/runs/{run}/graphs/0.svg", params={"standalone": "false"})
    assert ("<style" in alone.text, "<style" in inside.text) == (True, False)
    sheet = alone.text.split("<style>")[1].split("</style>")[0].replace("&gt;", ">").replace("&amp;", "&")
    named = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert f"'sha256-{named}'" in alone.headers["content-security-policy"]
    assert "unsafe" not in alone.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("graphs/1", 404),
        ("graphs/1.svg", 404),
        ("graphs/0.gif", 422),
        ("graphs/0.svg?theme=pink", 422),
        ("graphs/0.svg?direction=BT", 422),
        ("graphs/0.svg?focus=path:99", 404),
        ("graphs/0.svg?focus=everything", 404),
        ("graphs/0?group=g99", 404),
        ("graphs/7?group=g0", 404),
        ("graphs/-1.svg", 404),
        ("graphs/99999999999999999999", 404),
        ("graphs/99999999999999999999.svg", 404),
        ("graphs/99999999999999999999/search?q=x", 404),
    ],
)
async def test_what_there_is_no_picture_of_is_a_problem(path: str, status: int) -> None:
    async with reach(build()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["status"] == status


async def test_groups_are_opened_and_closed_by_their_ids() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        first = await client.get(f"/api/runs/{run}/graphs/0.svg")
        opened = await client.get(f"/api/runs/{run}/graphs/0.svg", params={"expand": "g0,g1"})
        closed = await client.get(f"/api/runs/{run}/graphs/0.svg", params={"expand": "g0,g1", "close": "g1"})
    answers = [answer.text.split('data-opened="')[1].split('"')[0] for answer in (first, opened, closed)]
    assert answers == ["", "g0,g1", "g0"]
    assert "12,004 nodes" in first.text


async def test_a_whole_too_large_for_its_format_is_a_problem_that_says_what_to_ask_for() -> None:
    async with reach(build_large()) as client:
        run = await ended(client)
        answer = await client.get(f"/api/runs/{run}/graphs/0.png", params={"whole": "true"})
        whole = await client.get(f"/api/runs/{run}/graphs/0.json", params={"whole": "true"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:gradwalk:problem:picture-too-large")
    assert "Ask for what is seen" in answer.json()["detail"]
    assert len(whole.json()["nodes"]) == 12_004
