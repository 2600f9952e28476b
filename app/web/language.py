"""Which language a request's reader reads: what the address says, what was chosen before, what the browser prefers.

Source: RFC 9110, section 12.5.4 (Accept-Language).
"""

import re
from collections.abc import Iterable
from typing import Literal, cast

from babel.core import negotiate_locale
from fastapi import Request

from ..words import ENGLISH, LANGUAGES

Language = Literal["en", "zh"]
COOKIE = "gradwalk_language"
WEIGHTED = re.compile(r"\s*([\w-]+)\s*(?:;\s*q=([\d.]+))?\s*$")


def language_of(request: Request) -> Language:
    """The language to answer in."""
    asked = (request.query_params.get("language"), request.cookies.get(COOKIE))
    chosen = next((tag for tag in asked if tag in LANGUAGES), None)
    return cast(Language, chosen or preferred(request.headers.get("accept-language", "")))


def preferred(header: str) -> str:
    """The best of our languages for an Accept-Language header; English where none is wanted."""
    tags = [tag.replace("-", "_") for tag, weight in _ranked(header) if weight > 0]
    wanted = [part for tag in tags for part in (tag, tag.partition("_")[0])]
    return negotiate_locale(wanted, list(LANGUAGES)) or ENGLISH


def _ranked(header: str) -> list[tuple[str, float]]:
    found = [match for part in header.split(",")[:50] if (match := WEIGHTED.match(part))]
    return sorted(((match[1], _weight(match[2])) for match in found), key=lambda each: -each[1])


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def offered(language: str) -> Iterable[tuple[str, str, bool]]:
    """Each language as (tag, name, whether it is the present one)."""
    return [(tag, name, tag == language) for tag, name in LANGUAGES.items()]
