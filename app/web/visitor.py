"""Who asks: an address, a user where a proxy names them, an operator or nobody in particular.

Knows nothing of runs. Source: RFC 7239 and the de facto X-Forwarded-For; RFC 6750 (bearer tokens).
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..addresses import household, is_within
from ..agent.agent import Client
from .refusals import Foreign, NoToken, NoUser

LONGEST_NAME = 200
LOOPBACK = ("127.0.0.0/8", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a request is known to come from a proxy."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sent a request. `client` tells them apart for the bounds; `user` is None where no users are known."""

    client: str
    user: str | None = None
    operator: bool = False

    @property
    def asks(self) -> Client:
        """Whose run it is that this visitor begins."""
        return Client(self.client, self.user)

    def sees(self, owner: str | None) -> bool:
        """Whether a run of that owner stands in this visitor's list, and is theirs to change."""
        return self.operator or self.user is None or self.user == owner


@dataclass(frozen=True, slots=True)
class Access:
    """Who is answered, and as whom: the settings of that. `cookie` is where a browser keeps its token."""

    token: str | None = None
    admin_token: str | None = None
    user_header: str | None = None
    admins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    cookie: str = "gradwalk"
    unsafe: bool = False

    def visitor(self, scope: Scope, headers: Headers) -> Visitor:
        """Who sent this request. Raises: NoToken, NoUser, Foreign."""
        given = self._given(headers)
        is_operator = _same(given, self.admin_token)
        if self.token is not None and not is_operator and not _same(given, self.token):
            raise NoToken(unsafe=self.unsafe)
        address = (scope.get("client") or ("",))[0]
        if self.user_header is None:
            return Visitor(household(address), operator=is_operator or self._is_local(address, headers))
        user = self._user(scope, headers, self.user_header)
        if user is None and not is_operator:
            raise NoUser(self.user_header)
        client = f"user {user}" if user is not None else household(address)
        return Visitor(client, user, is_operator or user in self.admins)

    def accepts(self, given: str) -> bool:
        """Whether that is a token of this server's."""
        return _same(given, self.token) or _same(given, self.admin_token)

    def _given(self, headers: Headers) -> str:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        return bearer.strip() if scheme.lower() == "bearer" else _cookie(headers.get("cookie", ""), self.cookie)

    def _user(self, scope: Scope, headers: Headers, name: str) -> str | None:
        """The user that the proxy names; only a proxy may name one. Raises: Foreign."""
        given = [each for each in map(_text, headers.getlist(name)) if each]
        if given and not is_within(scope.get("state", {}).get("peer", ""), self.proxies):
            raise Foreign(
                f"The header {name} is set by the proxy before this server and by nobody else. Send the request "
                "there, or name that proxy in GRADWALK_PROXIES."
            )
        if len(given) > 1 or any(len(each) > LONGEST_NAME for each in given):
            raise Foreign(
                f"The header {name} came more than once or is longer than {LONGEST_NAME} characters, so nobody can "
                "tell who asks. Have the proxy replace that header, not add to what the client sent."
            )
        return given[0] if given else None

    def _is_local(self, address: str, headers: Headers) -> bool:
        """Whether it is whoever started the server: a person on this machine, where no operator has a token.

        What a proxy on this machine forwards comes from anybody, also where nobody named that proxy.
        """
        is_forwarded = any(name in headers for name in FORWARDED)
        return not (self.admin_token or self.proxies or is_forwarded) and is_within(address, LOOPBACK)


class Peer:
    """Middleware outside of the one that believes a proxy: keeps the address that the connection itself came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        scope.setdefault("state", {})["peer"] = (scope.get("client") or ("",))[0]
        await self._app(scope, receive, send)


def visitor(request: Request) -> Visitor:
    """Who sent the request, as the guard found out."""
    return cast(Visitor, request.state.visitor)


Asking = Annotated[Visitor, Depends(visitor)]
"""A call's parameter that says who asks."""


def _text(value: str) -> str:
    """A header's value as proxies write names in it: in UTF-8, where it is that."""
    try:
        return value.encode("latin-1").decode().strip()
    except UnicodeDecodeError:
        return value.strip()


def _cookie(header: str, name: str) -> str:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def _same(given: str, token: str | None) -> bool:
    return token is not None and secrets.compare_digest(given.encode(), token.encode())
