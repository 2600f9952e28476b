"""The pages, and the chart's library that they are given."""

import re

import pytest

from app.web.pages import PLOTLY, PLOTLY_URL, STATIC, first_source

from .serving import build, reach

pytestmark = pytest.mark.anyio


async def test_the_page_holds_the_first_example_and_the_requests_own_nonce() -> None:
    async with reach(build()) as client:
        one, other = await client.get("/"), await client.get("/")
    assert one.headers["content-type"] == "text/html; charset=utf-8"
    assert "z.backward()\nprint(y.grad)\n</textarea>" in one.text
    nonces = [re.findall(r'name="csp-nonce" content="([^"]+)"', answer.text)[0] for answer in (one, other)]
    assert nonces[0] != nonces[1]
    assert f"'nonce-{nonces[0]}'" in one.headers["content-security-policy"]


@pytest.mark.parametrize("page", ["/", "/runs", "/runs/any"])
async def test_every_file_the_page_names_is_served(page: str) -> None:
    async with reach(build()) as client:
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', (await client.get(page)).text)
        answers = {name: (await client.get(name)).status_code for name in named}
    assert len(answers) > 8
    assert set(answers.values()) == {200}


@pytest.mark.parametrize("page", ["/", "/runs", "/runs/any"])
async def test_the_page_holds_no_script_and_no_style_of_its_own(page: str) -> None:
    async with reach(build()) as client:
        text = (await client.get(page)).text
    assert re.findall(r"<style|style=|<script(?![^>]* src=)| on[a-z]+=", text) == []


async def test_a_runs_page_is_the_workbench_without_a_source_of_its_own() -> None:
    async with reach(build()) as client:
        text = (await client.get("/runs/any")).text
    assert re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL) == ["\n"]
    assert 'id="graph"' in text


async def test_plotly_comes_from_its_installed_package_packed_and_for_good() -> None:
    async with reach(build()) as client:
        packed = await client.get(PLOTLY_URL)
        plain = await client.get(PLOTLY_URL, headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.content == plain.content == PLOTLY.read_bytes()
    for answer in (packed, plain):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "accept-encoding" in answer.headers["vary"].lower()


def test_the_first_source_is_the_readmes_example_without_its_title() -> None:
    assert first_source() == (
        "import torch\n\nx = torch.tensor(2., requires_grad=True)\ny = x**2\nz = y + 3\nz.backward()\nprint(y.grad)\n"
    )


def test_no_script_makes_markup_from_text() -> None:
    for script in (STATIC / "js").rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text("utf-8")
        )
