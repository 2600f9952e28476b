"""Who may ask: a page elsewhere can neither run code nor read an answer."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.settings import Bounds, Settings

from .serving import build, reach

pytestmark = pytest.mark.anyio

UNSAFE = Settings(unsafe_no_sandbox=True, token="a-token-of-this-server", port=8123)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://127.0.0.1:8000"}, 201),
        ({"Host": "localhost:8000", "Origin": "http://localhost:8000"}, 201),
        ({"Host": "[::1]:8000", "Origin": "http://[::1]:8000"}, 201),
        ({"Host": "192.168.1.5:8000"}, 201),
        ({"Host": "gradwalk.example"}, 201),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[bad"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://127.0.0.1:8000@evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
async def test_only_this_servers_own_page_may_run_code(headers: dict[str, str], status: int) -> None:
    async with reach(build(Settings(allowed_hosts=("gradwalk.example",)))) as client:
        answer = await client.post("/api/runs", json={"source": "pow_add"}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:gradwalk:problem:foreign"


async def test_a_foreign_host_reads_nothing_either() -> None:
    async with reach(build()) as client:
        answers = [
            await client.get(path, headers={"Host": "evil.example"}) for path in ("/", "/api/runs", "/static/icon.svg")
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_every_answer_tells_a_browser_what_it_may_do() -> None:
    async with reach(build()) as client:
        answers = [await client.get(path) for path in ("/healthz", "/api/nothing", "/static/icon.svg")]
        refused = await client.get("/", headers={"Host": "evil.example"})
    for answer in (*answers, refused):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = answers[0].headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    nonces = {answer.headers["content-security-policy"].split("'nonce-")[1].split("'")[0] for answer in answers[:2]}
    assert len(nonces) == 2


@pytest.mark.parametrize("path", ["/api/runs/x/graphs/", "/api/runs/x/backwards/", "/"])
async def test_an_address_longer_than_any_of_ours_is_none(path: str) -> None:
    async with reach(build()) as client:
        answer = await client.get(path + "9" * 5000)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:gradwalk:problem:not-found")


async def test_a_token_in_an_address_leads_to_no_other_server() -> None:
    async with reach(build(UNSAFE)) as client:
        url = httpx.URL("http://127.0.0.1:8000").copy_with(raw_path=f"//evil.example/x?token={UNSAFE.token}".encode())
        answer = await client.get(url)
    assert (answer.status_code, answer.headers["location"]) == (303, "/evil.example/x")


async def test_a_body_sent_in_pieces_is_bounded_too() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    async with reach(build()) as client:
        answer = await client.post("/api/runs", content=pieces(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:gradwalk:problem:body-too-large")


async def test_without_walls_only_who_has_the_token_is_answered() -> None:
    async with reach(build(UNSAFE)) as client:
        without = await client.post("/api/runs", json={"source": "pow_add"})
        wrong = await client.get("/", params={"token": "a-token-of-another-one"})
        health = await client.get("/healthz")
        opened = await client.get("/", params={"token": UNSAFE.token})
        cookie = opened.headers["set-cookie"]
        within = await client.post("/api/runs", json={"source": "pow_add"})
    assert [answer.status_code for answer in (without, wrong, health, opened, within)] == [403, 403, 200, 303, 201]
    assert without.json()["type"] == "urn:gradwalk:problem:no-token"
    assert health.json()["unsafe"] is True
    assert opened.headers["location"] == "/"
    assert cookie == "gradwalk_8123=a-token-of-this-server; HttpOnly; Path=/; SameSite=strict"


async def test_who_brought_the_token_to_one_server_is_known_to_another_with_that_token_alone() -> None:
    answers = []
    token = "a-token-of-two-servers"
    async with reach(build(Settings(port=8001, token=token))) as one:
        opened = await one.get("/", params={"token": token})
    cookie = {"cookie": opened.headers["set-cookie"].partition(";")[0]}
    for settings in (Settings(port=8002, token=token), Settings(port=8001, token="a-token-of-another")):
        async with reach(build(settings)) as other:
            answers.append((await other.get("/api/runs", headers=cookie)).status_code)
    assert answers == [200, 403]


async def test_a_program_may_send_the_token_as_a_bearer() -> None:
    async with reach(build(UNSAFE)) as client:
        answers = [
            await client.get("/api/runs", headers={"Authorization": f"Bearer {token}"}) for token in (UNSAFE.token, "x")
        ]
    assert [answer.status_code for answer in answers] == [200, 403]


async def test_a_client_that_goes_away_while_sending_does_no_harm() -> None:
    app = build()
    sent: list[object] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/runs",
        "raw_path": b"/api/runs",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    async with reach(app) as client:
        await app(scope, receive, send)
        assert (await client.get("/healthz")).status_code == 200


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with reach(build(Settings(bounds=Bounds(body_s=0.05)))) as client:
        answer = await client.post("/api/runs", content=never(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (408, "urn:gradwalk:problem:too-slow")


async def test_so_many_runs_in_a_minute_and_typing_counts_too() -> None:
    async with reach(build(Settings(bounds=Bounds(rate=2)))) as client:
        await client.post("/api/runs", json={"source": "pow_add"})
        await client.post("/api/expressions", json={"source": "pow_add"})
        refused = await client.post("/api/expressions", json={"source": "pow_add"})
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:gradwalk:problem:too-often")
    assert int(refused.headers["retry-after"]) >= 1
