"""Who asks: addresses, users that only a proxy may name, operators; and whose runs they see."""

from collections.abc import Mapping

import httpx
import pytest

from app.settings import Settings
from app.web.visitor import Access, Visitor

from .serving import build, reach

pytestmark = pytest.mark.anyio

SHARED = Settings(
    user_header="x-forwarded-user", proxies=("127.0.0.1",), admins=("otto",), admin_token="the-operators-own-token"
)
CLASS = Settings(token="the-token-of-a-class", admin_token="the-operators-own-token", port=8123)


def signed_in(name: str) -> dict[str, str]:
    return {"X-Forwarded-User": name}


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def begin(client: httpx.AsyncClient, headers: Mapping[str, str]) -> str:
    return str((await client.post("/api/runs", json={"source": "pow_add"}, headers=headers)).json()["id"])


async def test_each_user_has_a_list_of_their_own_and_an_operator_sees_all() -> None:
    async with reach(build(SHARED)) as client:
        annas = await begin(client, signed_in("anna"))
        bens = await begin(client, signed_in("ben"))
        lists = {
            name: {run["id"]: run["owner"] for run in (await client.get("/api/runs", headers=signed_in(name))).json()}
            for name in ("anna", "ben", "otto")
        }
    assert lists == {
        "anna": {annas: "anna"},
        "ben": {bens: "ben"},
        "otto": {annas: "anna", bens: "ben"},
    }


async def test_a_link_to_a_run_may_be_shared_and_only_its_owner_or_an_operator_changes_it() -> None:
    async with reach(build(SHARED)) as client:
        run = f"/api/runs/{await begin(client, signed_in('anna'))}"
        assert (await client.get(run, headers=signed_in("ben"))).status_code == 200
        for refused in (
            await client.post(f"{run}/stop", headers=signed_in("ben")),
            await client.patch(run, json={"title": "mine"}, headers=signed_in("ben")),
            await client.delete(run, headers=signed_in("ben")),
        ):
            assert (refused.status_code, refused.json()["type"]) == (403, "urn:gradwalk:problem:not-yours")
        renamed = await client.patch(run, json={"title": "mine"}, headers=signed_in("anna"))
        assert (renamed.status_code, renamed.json()["title"]) == (200, "mine")
        assert (await client.delete(run, headers=signed_in("otto"))).status_code == 204


async def test_nobody_signed_in_is_told_to_go_through_the_proxy() -> None:
    async with reach(build(SHARED)) as client:
        answer = await client.get("/api/runs")
        health = await client.get("/healthz")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:gradwalk:problem:no-user")
    assert health.status_code == 200


async def test_only_the_proxy_may_name_a_user() -> None:
    transport = httpx.ASGITransport(app=build(SHARED), client=("203.0.113.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.get("/api/examples", headers=signed_in("otto"))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:gradwalk:problem:foreign")


async def test_a_user_that_is_named_twice_is_nobody() -> None:
    async with reach(build(SHARED)) as client:
        twice = await client.get("/api/runs", headers=[("X-Forwarded-User", "otto"), ("X-Forwarded-User", "ben")])
        long = await client.get("/api/runs", headers=signed_in("a" * 201))
    assert [(each.status_code, each.json()["type"]) for each in (twice, long)] == [
        (403, "urn:gradwalk:problem:foreign")
    ] * 2


@pytest.mark.parametrize("name", ["Zoë", "foà", "王小明"])
async def test_a_name_is_the_one_that_the_proxy_wrote(name: str) -> None:
    async with reach(build(SHARED)) as client:
        await client.post("/api/runs", json={"source": "pow_add"}, headers={b"X-Forwarded-User": name.encode()})
        told = (await client.get("/api/runs", headers=bearer(SHARED.admin_token))).json()
    assert [run["owner"] for run in told] == [name]


async def test_what_an_unnamed_proxy_on_this_machine_forwards_comes_from_no_operator() -> None:
    async with reach(build()) as client:
        codes = [
            (await client.get("/api/operator", headers=headers)).status_code
            for headers in ({}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"})
        ]
    assert codes == [200, 403, 403]


async def test_a_class_shares_a_token_and_its_operator_has_another() -> None:
    async with reach(build(CLASS)) as client:
        codes = [
            (await client.get(path, headers=headers)).status_code
            for headers in ({}, bearer("guessed-token-guessed"), bearer(CLASS.token), bearer(CLASS.admin_token))
            for path in ("/api/examples", "/api/operator")
        ]
    assert codes == [403, 403, 403, 403, 200, 403, 200, 200]


async def test_a_person_without_the_token_is_asked_for_it_on_a_page_and_a_program_by_a_problem() -> None:
    async with reach(build(CLASS)) as client:
        person = await client.get("/runs", headers={"Accept": "text/html"})
        program = await client.get("/api/runs", headers={"Accept": "text/html"})
        opened = await client.get("/operator", params={"token": CLASS.admin_token})
    assert (person.status_code, program.status_code, opened.status_code) == (403, 403, 303)
    assert '<input id="token" name="token" type="password"' in person.text
    assert program.json()["type"] == "urn:gradwalk:problem:no-token"
    assert opened.headers["set-cookie"].endswith("HttpOnly; Path=/; SameSite=strict")


@pytest.mark.parametrize(
    ("address", "client", "is_operator"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("203.0.113.9", "203.0.113.9", False),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", False),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64", False),
        ("::ffff:203.0.113.9", "203.0.113.9", False),
        ("testclient", "testclient", False),
    ],
)
def test_an_address_tells_clients_apart_and_whoever_sits_at_the_machine_operates_it(
    address: str, client: str, is_operator: bool
) -> None:
    from starlette.datastructures import Headers

    assert Access().visitor({"client": (address, 1)}, Headers()) == Visitor(client, operator=is_operator)


async def test_behind_a_proxy_an_address_is_the_one_it_forwards_and_nobody_is_local() -> None:
    behind = Settings(proxies=("127.0.0.1",))
    async with reach(build(behind)) as client:
        told = await client.get("/api/operator", headers={"X-Forwarded-For": "127.0.0.1"})
    assert told.status_code == 403
