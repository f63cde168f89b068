"""`GET /events`: what changes on the station, as it changes, for everybody."""

import random
from collections.abc import AsyncIterator
from functools import partial

import structlog
from fastapi import APIRouter, Request
from kit.refusal import refusals
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from api.events.hub import Client, TooManyStreams
from api.events.schemas import State
from api.events.service import Desk

logger = structlog.get_logger()
router = APIRouter(tags=["events"], responses=refusals(TooManyStreams))

KEEP_ALIVE = 15
"""Seconds between comments on a quiet stream."""
STUCK_AFTER = 20.0
"""Seconds after which a client that takes nothing is let go."""
COME_BACK_MS = (1000, 4000)
"""When a client whose stream ended shall connect again: not all at the same moment."""


class EventStream(EventSourceResponse):
    """A client's events until it leaves, is stuck, or the process ends."""

    media_type = "text/event-stream"

    def __init__(self, desk: Desk, client: Client) -> None:
        self._leave = partial(desk.leave, client)
        super().__init__(
            _events(client),
            headers={"Cache-Control": "no-cache"},
            ping=KEEP_ALIVE,
            ping_message_factory=lambda: ServerSentEvent(comment=""),
            send_timeout=STUCK_AFTER,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
            if self.active:
                # The process ends: the stream does too, instead of breaking off.
                await send({"type": "http.response.body", "body": b""})
        except SendTimeoutError:
            logger.info("event_client_stuck")
        finally:
            self._leave()


@router.get(
    "/events",
    status_code=200,
    summary="What changes on the station, as it changes",
    response_class=EventStream,
    responses={200: {"model": State, "description": "Server-sent events; the body of `state` is shown"}},
)
async def stream_events(request: Request) -> EventStream:
    """First `state`, which holds everything, and again when something may have been missed. Then `now_playing` (its
    body is that of `/now-playing`), `tier`, `listeners`, `queue` (as `GET /queue` without a token), `live` (as
    `GET /livestream/now`, and a warning before its end), `silence` (tiers that are dropped because they send it) and
    `request` (how far the preparation of one has come). A stream that ends is to be opened again; nothing has to be
    remembered."""
    desk: Desk = request.app.state.desk
    return EventStream(desk, desk.join())


async def _events(client: Client) -> AsyncIterator[bytes]:
    yield ServerSentEvent(retry=random.randint(*COME_BACK_MS)).encode()  # noqa: S311 - nobody gains by guessing it
    async for event in client.events():
        yield event
