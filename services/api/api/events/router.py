"""`GET /events`: what changes on the station, as it changes, for everybody."""

import random
from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Request
from kit.refusal import refusals
from sse_starlette import ServerSentEvent

from api.events.hub import Client, TooManyStreams
from api.events.schemas import State
from api.events.service import Desk
from api.events.stream import EventStream

router = APIRouter(tags=["events"], responses=refusals(TooManyStreams))

COME_BACK_MS = (1000, 4000)
"""When a client whose stream ended shall connect again: not all at the same moment."""


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
    client = desk.join()
    return EventStream(_events(client), partial(desk.leave, client))


async def _events(client: Client) -> AsyncIterator[bytes]:
    yield ServerSentEvent(retry=random.randint(*COME_BACK_MS)).encode()  # noqa: S311 - nobody gains by guessing it
    async for event in client.events():
        yield event
