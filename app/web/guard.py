"""The guard at the door: who may ask, how much they may send, and what a browser may do with the answer.

A page elsewhere can make a learner's browser call this server, or give it another name (DNS rebinding): so the Host
must be ours, and the Origin, where one is sent, the same as the Host. Plain ASGI, so that streams pass untouched.
Source: RFC 6454; CSP level 3; OWASP's cheat sheets on CSRF and HTTP headers.
"""

import ipaddress
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import BodyTooLarge, Foreign, NoToken, problem

MAX_BODY_BYTES = 2 * 1024 * 1024
"""256 KiB of source, each character of it escaped as JSON may."""
POLICY = (
    "default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For an SVG opened by itself: its own style and nothing else."""
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Middleware around the whole app.

    `names` are the hosts this server is reached by, besides bare addresses; with a `token` only who has it may ask,
    and it is kept in the cookie of that name.
    """

    def __init__(self, app: ASGIApp, *, names: frozenset[str], token: str | None, cookie: str) -> None:
        self._app = app
        self._names = names | {"localhost"}
        self._token = token
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request pass, or answers it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        send = _dressed(send, nonce)
        headers = Headers(scope=scope)
        try:
            self._check_origin(scope, headers)
            if self._token is not None and not self._has_token(scope, headers):
                await self._ask_for_token(scope, receive, send)
                return
            receive = await _bounded(scope, headers, receive)
        except (Foreign, BodyTooLarge) as error:
            await problem(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_origin(self, scope: Scope, headers: Headers) -> None:
        """Raises: Foreign."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise Foreign(
                f"The Host {host[:100]!r} isn't this server's. Open it by its own address, or name this host in "
                "GRADWALK_ALLOWED_HOSTS."
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Foreign(f"The Origin {origin[:100]!r} isn't this server's own page. Send the request from there.")
        if scope["method"] not in READING and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise Foreign("Another site sent this request. Send it from this server's own page.")

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server; a bare address can't be rebound, so each is ours."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        given = [_cookie(headers.get("cookie", ""), self._cookie), headers.get("authorization", "")[len("Bearer ") :]]
        open_to_all = scope["path"] == "/healthz"
        return open_to_all or any(_same(text, self._token) for text in given)

    async def _ask_for_token(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes the token from the address that was printed at the start into a cookie, or refuses."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or not _same(given, self._token):
            await problem(NoToken())(scope, receive, send)
            return
        answer = RedirectResponse(scope["path"], status_code=303)
        answer.set_cookie(self._cookie, given, httponly=True, samesite="strict")
        await answer(scope, receive, send)


def _dressed(send: Send, nonce: str) -> Send:
    """`send` with the headers every answer bears."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            picture = headers.get("content-type", "").startswith("image/svg+xml")
            headers["content-security-policy"] = PICTURE_POLICY if picture else POLICY.format(nonce=nonce)
            headers.update(FIXED)
            if not headers.get("cache-control"):
                headers["cache-control"] = "no-cache"
        await send(message)

    return dressed


async def _bounded(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """A `receive` that gives the whole body, read here. Raises: BodyTooLarge."""
    if scope["method"] in READING:
        return receive
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_BODY_BYTES:
        raise BodyTooLarge
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _replay([message], receive)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return _replay([{"type": "http.request", "body": bytes(body), "more_body": False}], receive)


def _replay(messages: Iterable[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replayed() -> Message:
        return next(waiting, None) or await receive()

    return replayed


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie(header: str, name: str) -> str:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def _same(given: str, token: str | None) -> bool:
    return token is not None and secrets.compare_digest(given.encode(), token.encode())
