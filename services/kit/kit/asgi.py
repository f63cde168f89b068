"""What wraps every request, as plain ASGI: streams pass through untouched, and a client that leaves is noticed."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = structlog.get_logger()

MAX_BODY_BYTES = 1_000_000
"""Largest request body, but for uploads."""
UPLOADS = ("multipart/form-data", "application/offset+octet-stream")
"""Kinds of bodies that may be longer: forms, and a piece of an upload that can be resumed (tus)."""
LINGER = 2.0
"""Seconds for which the rest of a refused body is read and thrown away: a connection that is closed before that is
reset, and the client never sees the refusal."""


def problem(status: int, error_code: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The error answer of every service (`kit.refusal.Problem`)."""
    body = {"detail": detail, "error_code": error_code, "status_code": status}
    return JSONResponse(body, status, headers=headers)


class RequestId:
    """Every request has an id, its own or a new one: in the answer and in all that is logged about it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = Headers(scope=scope).get("x-request-id", "")[:64] or uuid4().hex
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, sending)
            except Exception as error:
                # Here, and not in a handler: those run outside, where the request's id is no longer known.
                logger.error("unhandled_error", path=scope["path"], exc_info=error)
                if started:
                    raise
                answer = problem(500, "internal_error", "Something went wrong here; it has been logged.")
                await answer(scope, receive, sending)


class BodyLimit:
    """No body grows past its limit: `MAX_BODY_BYTES`, or for an upload the bytes that its path takes.

    A path may hold names in braces, as a route's does. An upload is told by its kind (`UPLOADS`).
    """

    def __init__(self, app: ASGIApp, uploads: Mapping[str, int]) -> None:
        self.app = app
        self.uploads = [(_pattern(path), limit) for path, limit in uploads.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(scope, headers)
        lingering = _lingering(receive, send)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await problem(413, "too_large", _detail(limit))(scope, receive, lingering)
            return
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                # FastAPI passes an HTTPException on; any other would become "400 error parsing the body".
                raise HTTPException(413, _detail(limit))
            return message

        async def sending(message: Message) -> None:
            await (lingering if read > limit else send)(message)

        await self.app(scope, receiving, sending)

    def _limit(self, scope: Scope, headers: Headers) -> int:
        if not headers.get("content-type", "").lower().startswith(UPLOADS):
            return MAX_BODY_BYTES
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return next((limit for pattern, limit in self.uploads if pattern.fullmatch(path)), MAX_BODY_BYTES)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", path)))


def _lingering(receive: Receive, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["connection"] = "close"
            await send(message)
            return
        await send({**message, "more_body": True})
        if message.get("more_body"):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await _drain(receive)
        await send({"type": "http.response.body", "body": b""})

    return sending


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


def _detail(limit: int) -> str:
    return f"A request may be at most {limit / 1_000_000:g} MB long."
