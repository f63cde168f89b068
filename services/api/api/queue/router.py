"""Asking for songs; the queue for administrators, and for the station's other services."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated, trusted
from kit.contracts.queues import ItemsAsked, NamedItem, WantedQueue
from kit.db import Transaction, begin
from kit.refusal import refusals

from api import etags, throttle
from api.accounts.caller import Admin, Caller, Known, PasswordMustBeChanged, Requester
from api.queue import service, submission, wanted
from api.queue.rules import (
    AlreadyComing,
    AlreadyOver,
    AlreadyPlaying,
    OrderIsStale,
    QueueFull,
    RequestsUsedUp,
    TooManyWaiting,
)
from api.queue.schemas import OrderWanted, QueueShown, QuotaShown, RequestShown, RequestsListed
from api.ringing import Rung
from api.settings import Settings
from api.uploads import UPLOAD_REFUSALS, body_of

router = APIRouter(prefix="/queue", tags=["queue"])
admin = APIRouter(prefix="/admin/queue", tags=["queue"], responses=refusals(NotAuthenticated, NotAllowed))
internal = APIRouter(prefix="/internal", tags=["queue"], dependencies=[Depends(trusted)])
OFTEN = "60/minute"
"""Attempts to submit that one caller has; what they may have waiting is another matter."""
_QUOTA = (TooManyWaiting, RequestsUsedUp, QueueFull)
_BODY = body_of(
    {
        "url": {"type": "string", "description": "A link to a song, http or https"},
        "file": {"type": "string", "format": "binary", "description": "A song"},
        "track_id": {"type": "string", "format": "uuid", "description": "A track of the library"},
    }
)
_CALLER = (NotAuthenticated, PasswordMustBeChanged)


def settings_of(request: Request) -> Settings:
    """The service's settings."""
    found: Settings = request.app.state.settings
    return found


async def throttled(request: Request, caller: Caller) -> None:
    """Slow down whoever tries again and again; the station itself may."""
    if caller.kind != "station":
        await throttle.hit(request, "submit", str(caller.id), limit=OFTEN)


@router.post(
    "",
    status_code=202,
    summary="Ask for a song: exactly one of a link, a file, or a track of the library",
    openapi_extra=_BODY,
    responses=refusals(*_CALLER, *_QUOTA, *submission.REFUSALS, *UPLOAD_REFUSALS, AlreadyComing, service.NoSuchTrack),
)
async def submit_request(request: Request, rung: Rung, caller: Requester, tx: Transaction) -> RequestShown:
    settings, item_id = settings_of(request), uuid4()
    await throttled(request, caller)
    await service.require_place(tx, caller, settings=settings, now=datetime.now(UTC))
    await tx.close()  # an upload may take minutes; no connection of the database is held meanwhile
    async with submission.received(request, item_id, settings) as wish, begin(request) as after:
        item = await service.submit(after, caller, wish, settings=settings, now=datetime.now(UTC))
        return await service.show(after, caller, item.id)


@router.get("", summary="What plays, what comes next, and when", responses=refusals(NotAuthenticated))
async def show_queue(caller: Known, tx: Transaction) -> QueueShown:
    return await service.show_queue(tx, caller, now=datetime.now(UTC))


@router.get("/mine", summary="The caller's requests, newest first", responses=refusals(*_CALLER))
async def list_own_requests(
    caller: Requester,
    tx: Transaction,
    cursor: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> RequestsListed:
    return await service.list_own(tx, caller, after=cursor, limit=limit)


@router.get("/quota", summary="How many requests the caller has left", responses=refusals(*_CALLER))
async def show_quota(request: Request, caller: Requester, tx: Transaction) -> QuotaShown:
    return await service.show_quota(tx, caller, settings=settings_of(request), now=datetime.now(UTC))


@router.get(
    "/{item_id}",
    summary="What became of a request: its owner's and staff's to see",
    responses=refusals(*_CALLER, service.NoSuchRequest, service.NotYours),
)
async def show_request(item_id: UUID, caller: Requester, tx: Transaction) -> RequestShown:
    return await service.show(tx, caller, item_id)


@router.delete(
    "/{item_id}",
    status_code=204,
    summary="Take a request out that has not begun; one that is being fetched is given up",
    responses=refusals(*_CALLER, service.NoSuchRequest, service.NotYours, AlreadyPlaying, AlreadyOver),
)
async def remove_request(item_id: UUID, rung: Rung, caller: Requester, tx: Transaction) -> None:
    await service.remove(tx, caller, item_id, now=datetime.now(UTC))


@admin.put("/order", summary="Put all queued requests into another order", responses=refusals(OrderIsStale))
async def reorder_queue(order: OrderWanted, rung: Rung, caller: Admin, tx: Transaction) -> QueueShown:
    now = datetime.now(UTC)
    await service.reorder(tx, order.ids, now=now)
    await tx.flush()
    return await service.show_queue(tx, caller, now=now)


@admin.delete("", status_code=204, summary="Take out all that has not begun")
async def clear_queue(rung: Rung, caller: Admin, tx: Transaction) -> None:
    await service.clear(tx, now=datetime.now(UTC))


@internal.get("/queues/user", summary="What the requests' player should hold", response_model=WantedQueue)
async def show_wanted_requests(tx: Transaction, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    return etags.answer(await wanted.wanted(tx), if_none_match)


@internal.post("/items", summary="The names of requests and tracks")
async def name_items(asked: ItemsAsked, tx: Transaction) -> list[NamedItem]:
    return await wanted.named(tx, asked.ids)
