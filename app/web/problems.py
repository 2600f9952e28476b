"""Our exceptions -> HTTP problems (RFC 9457): one table, with the tree drawn above it.

A learner's failure is never here: it is an event of a run, and HTTP 200.

    Exception
    ├── Refusing           503  programs are not run on this machine
    ├── Busy               429  too many runs wait; Retry-After
    ├── Unreachable        503  the agent is being started again; Retry-After
    ├── Unrecorded         507  runs can't be recorded now
    ├── StoreError         503  the record can't be read now; Retry-After
    ├── LookupError
    │   ├── UnknownRun     404
    │   ├── UnknownGraph   404
    │   ├── UnknownGroup   404
    │   ├── UnknownBackward, UnknownNode  404
    │   ├── UnknownAddress, UnknownLesson  404
    │   └── FocusError     404  no such part of the graph
    ├── ExportError        500  a picture could not be converted
    │   └── TooLarge       422  the whole graph is too large for that format
    ├── SourceTooLarge     413
    ├── BodyTooLarge       413
    ├── TooSlow            408  the body did not come in time
    ├── TooManyStreams     429  too many open streams; Retry-After
    ├── TooManyPictures    429  too many pictures in the making; Retry-After
    ├── TooOften           429  a client began too many runs in a minute; Retry-After
    ├── Foreign            403  the Host or Origin isn't ours
    ├── NotYours           403  a run that somebody else began, or a page for operators
    ├── NoToken            403  the server asks for its token
    └── NoUser             401  the proxy before the server names no user
    RequestValidationError 422  and HTTPException as it says, both FastAPI's
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..agent.agent import Unreachable, Unrecorded
from ..draw import ExportError, FocusError, TooLarge
from ..runs.runner import Busy, Refusing, UnknownRun
from ..store import StoreError
from .refusals import (
    BodyTooLarge,
    Foreign,
    NoToken,
    NotYours,
    NoUser,
    SourceTooLarge,
    TooManyPictures,
    TooManyStreams,
    TooOften,
    TooSlow,
    UnknownAddress,
    UnknownBackward,
    UnknownGraph,
    UnknownGroup,
    UnknownLesson,
    UnknownNode,
)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:gradwalk:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an exception becomes."""

    status: HTTPStatus
    name: str
    title: str


TABLE: dict[type[Exception], Kind] = {
    Refusing: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "refusing", "Programs are not run here."),
    Unreachable: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "restarting", "Programs can't be run at this moment."),
    Unrecorded: Kind(HTTPStatus.INSUFFICIENT_STORAGE, "unrecorded", "Runs can't be recorded now."),
    Busy: Kind(HTTPStatus.TOO_MANY_REQUESTS, "busy", "Too many runs at once."),
    StoreError: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "unreadable", "The record of runs can't be read now."),
    UnknownRun: Kind(HTTPStatus.NOT_FOUND, "unknown-run", "There is no such run."),
    UnknownGraph: Kind(HTTPStatus.NOT_FOUND, "unknown-graph", "There is no such graph."),
    UnknownGroup: Kind(HTTPStatus.NOT_FOUND, "unknown-group", "There is no such group."),
    UnknownBackward: Kind(HTTPStatus.NOT_FOUND, "unknown-backward", "There is no such backward."),
    UnknownNode: Kind(HTTPStatus.NOT_FOUND, "unknown-node", "There is no such node."),
    UnknownAddress: Kind(HTTPStatus.NOT_FOUND, "not-found", "Not Found."),
    UnknownLesson: Kind(HTTPStatus.NOT_FOUND, "unknown-lesson", "There is no such lesson."),
    FocusError: Kind(HTTPStatus.NOT_FOUND, "unknown-focus", "There is no such part of the graph."),
    TooLarge: Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "picture-too-large", "The whole graph is too large for that format."
    ),
    ExportError: Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "not-converted", "The picture could not be converted."),
    SourceTooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "source-too-large", "The source is too long."),
    BodyTooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", "The request is too large."),
    Foreign: Kind(HTTPStatus.FORBIDDEN, "foreign", "This request is not from this server's own page."),
    NotYours: Kind(HTTPStatus.FORBIDDEN, "not-yours", "This is not for you."),
    NoToken: Kind(HTTPStatus.FORBIDDEN, "no-token", "The token is missing."),
    NoUser: Kind(HTTPStatus.UNAUTHORIZED, "no-user", "Nobody is signed in."),
    TooSlow: Kind(HTTPStatus.REQUEST_TIMEOUT, "too-slow", "The request took too long."),
    TooManyStreams: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too-many-streams", "Too many runs are followed at once."),
    TooManyPictures: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too-many-pictures", "Too many pictures are asked for."),
    TooOften: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too-often", "Too many runs in a minute."),
}
INVALID = Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "The request can't be understood.")
UNREADABLE = "The body can't be read: it is not UTF-8, nests too deep, or holds thousands of digits. Send plain JSON."
UNEXPECTED = Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "The server failed.")


def problem(error: Exception) -> JSONResponse:
    """The answer one of our exceptions becomes."""
    kind = next(kind for cls, kind in TABLE.items() if isinstance(error, cls))
    soon = 1 if isinstance(error, Unreachable | StoreError) else None
    again_s = getattr(error, "retry_after_s", soon)
    headers = {"Retry-After": str(again_s)} if again_s is not None else None
    return _answer(kind, str(error), headers=headers)


def install(app: FastAPI, present: Callable[[Request, Response], Response]) -> None:
    """Makes every failure of a call a problem; `present` makes of it what its reader can read."""

    def handled(make: Callable[[Exception], JSONResponse]) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def handle(request: Request, error: Exception) -> Response:
            return present(request, make(error))

        return handle

    for cls in TABLE:
        app.add_exception_handler(cls, handled(problem))
    app.add_exception_handler(RequestValidationError, handled(_invalid))
    app.add_exception_handler(HTTPException, handled(_http))
    app.add_exception_handler(Exception, handled(_unexpected))


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's OpenAPI entry says of its refusals."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _invalid(error: Exception) -> JSONResponse:
    """What is wrong and where; what was sent is not repeated."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [{"pointer": "/" + "/".join(map(str, each["loc"])), "detail": str(each["msg"])} for each in found]
    words = "; ".join(f"{each['pointer'].rsplit('/', 1)[-1]}: {each['detail']}" for each in errors[:5])
    return _answer(INVALID, f"{words}. Correct that and send it again.", errors=errors[:20])


def _http(error: Exception) -> JSONResponse:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status is HTTPStatus.BAD_REQUEST:  # what FastAPI makes of a body that Python's reader of JSON gives up on
        return _answer(INVALID, UNREADABLE)
    kind = Kind(status, status.phrase.lower().replace(" ", "-"), f"{status.phrase}.")
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return _answer(kind, f"{status.description or status.phrase}. The calls there are: /openapi.json.", headers=headers)


def _unexpected(error: Exception) -> JSONResponse:
    detail = f"{type(error).__name__}: the server's log has the rest. Try again; if it comes again, report it."
    return _answer(UNEXPECTED, detail)


def _answer(kind: Kind, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    record = {"type": TYPE + kind.name, "title": kind.title, "status": kind.status.value, "detail": detail, **more}
    return JSONResponse(record, status_code=kind.status.value, headers=headers, media_type=MEDIA_TYPE)
