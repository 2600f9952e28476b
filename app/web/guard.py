"""The guard at the door: who may ask, how much they may send, and what a browser may do with the answer.

A page elsewhere can make a learner's browser call this server, or give it another name (DNS rebinding): so the Host
must be ours, and the Origin, where one is sent, the same as the Host. Plain ASGI, so that streams pass untouched.
Source: RFC 6454; CSP level 3; OWASP's cheat sheets on CSRF and HTTP headers.
"""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..draw import sheet_hashes
from .problems import problem
from .refusals import BodyTooLarge, Foreign, NoToken, NoUser, TooSlow, UnknownAddress
from .visitor import Access, Visitor

LOG = logging.getLogger(__name__)

MAX_BODY_BYTES = 2 * 1024 * 1024
"""256 KiB of source, each character of it escaped as JSON may."""
LONGEST_PATH = 1000
"""No address of ours is longer; a number of thousands of digits is more than Python reads."""
POLICY = (
    "default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PICTURE_POLICY = f"default-src 'none'; style-src {' '.join(sheet_hashes())}; sandbox"
"""For an SVG opened by itself: a style of ours and nothing else."""
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OPEN_TO_ALL = ("/healthz", "/static/")
"""What is answered without token and user: whether the server lives, and the files of the page that asks for them."""
Present = Callable[[Request, Response], Response]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def as_it_is(_: Request, answer: Response) -> Response:
    """A problem as JSON, for programs."""
    return answer


class Guard:
    """Middleware around the whole app.

    `names` are the hosts this server is reached by, besides bare addresses; `access` says who is answered. A body must
    be whole within `body_s` seconds. `present` makes of a problem what its reader can read.
    """

    def __init__(
        self, app: ASGIApp, *, names: frozenset[str], access: Access, body_s: float, present: Present = as_it_is
    ) -> None:
        self._app = app
        self._names = names | {"localhost"}
        self._access = access
        self._body_s = body_s
        self._present = present

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
            if self._brings_token(scope):
                await self._keep_token(scope, receive, send)
                return
            scope["state"]["visitor"] = self._visitor(scope, headers)
            if len(scope["path"]) > LONGEST_PATH:
                raise UnknownAddress
            receive = await self._whole(scope, headers, receive)
        except (Foreign, NoToken, NoUser, UnknownAddress, BodyTooLarge, TooSlow) as error:
            told = {"path": scope["path"][:LONGEST_PATH], "client": scope.get("client")}
            LOG.info("refused: %s", type(error).__name__, extra=told)
            await self._present(Request(scope), problem(error))(scope, receive, send)
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
        if origin is not None and _host_of(origin) != host.lower():
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

    def _visitor(self, scope: Scope, headers: Headers) -> Visitor:
        """Raises: NoToken, NoUser, Foreign."""
        try:
            return self._access.visitor(scope, headers)
        except (NoToken, NoUser):
            if scope["path"].startswith(OPEN_TO_ALL):
                return Visitor("")
            raise

    def _brings_token(self, scope: Scope) -> bool:
        """Whether the address itself holds the token, as the one that was printed does."""
        query = scope["query_string"]
        return scope["method"] == "GET" and b"token=" in query and self._access.accepts(_token(query))

    async def _keep_token(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes the token out of the address into a cookie."""
        own = "/" + scope["path"].lstrip("/")  # two slashes at its beginning would lead to another server
        answer = RedirectResponse(own, status_code=303)
        secure = scope.get("scheme") == "https"
        token = _token(scope["query_string"])
        answer.set_cookie(self._access.cookie, token, httponly=True, samesite="strict", secure=secure)
        await answer(scope, receive, send)

    async def _whole(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """A `receive` that gives the whole body, read here. Raises: BodyTooLarge, TooSlow."""
        try:
            async with asyncio.timeout(self._body_s):
                return await _bounded(scope, headers, receive)
        except TimeoutError:
            raise TooSlow(self._body_s) from None


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


def _host_of(origin: str) -> str | None:
    """The host and port of an Origin, None where it is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _token(query: bytes) -> str:
    return parse_qs(query.decode("latin-1")).get("token", [""])[0]
