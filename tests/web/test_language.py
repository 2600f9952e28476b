"""The language of an answer: the address before the choice, the choice before the browser."""

import pytest
from fastapi import Request

from app.web.language import language_of, preferred

from .serving import build, reach


def request(query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,fr;q=0.5", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.1,zh-Hans;q=0.9", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=.", "en"),
        ("*", "en"),
        (",;;q=,", "en"),
    ],
)
def test_the_browsers_preference_is_heeded(header: str, language: str) -> None:
    assert preferred(header) == language


def test_what_was_chosen_goes_before_what_the_browser_prefers() -> None:
    assert language_of(request(cookie="gradwalk_language=zh", accept="en")) == "zh"


def test_the_address_goes_before_what_was_chosen() -> None:
    assert language_of(request(query="language=en", cookie="gradwalk_language=zh")) == "en"


def test_a_language_there_is_not_is_not_heeded() -> None:
    assert language_of(request(query="language=tlh", cookie="gradwalk_language=..", accept="zh")) == "zh"


@pytest.mark.anyio
async def test_a_language_that_the_address_asked_for_is_kept_for_later_pages() -> None:
    async with reach(build()) as client:
        asked = await client.get("/runs?language=zh")
        later = await client.get("/lessons")
    assert asked.headers["set-cookie"].startswith("gradwalk_language=zh;")
    assert '<html lang="zh">' in later.text
