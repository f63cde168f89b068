"""Shows: everybody sees them; producers look after them, and owners after their own."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction, begin
from kit.refusal import refusals
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import PasswordMustBeChanged, Producer, Streamer
from api.accounts.queries import NoSuchUser
from api.media.pictures import NotAPicture
from api.settings import Settings
from api.shows import artwork, queries, service, shown
from api.shows.models import Show
from api.shows.rules import NoSuchShow, NotAStreamer, NotYourShow, ShowNameTaken
from api.shows.schemas import ShowChange, ShowMade, ShowShown, ShowsPage
from api.uploads import UPLOAD_REFUSALS, body_of

router = APIRouter(prefix="/shows", tags=["shows"])
_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_OWNER = (NoSuchUser, NotAStreamer)
_PICTURE = {"file": {"type": "string", "format": "binary", "description": "A JPEG, PNG or WebP; it is made square"}}


async def _shown(request: Request, tx: AsyncSession, show: Show) -> ShowShown:
    settings: Settings = request.app.state.settings
    return (await shown.shown(tx, [show], zone=settings.zone, now=datetime.now(UTC)))[0]


@router.get("", summary="Shows, in the order of their names")
async def list_shows(
    request: Request,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ShowsPage:
    settings: Settings = request.app.state.settings
    shows = await service.page(tx, offset=offset, limit=limit)
    items = await shown.shown(tx, shows, zone=settings.zone, now=datetime.now(UTC))
    return ShowsPage(items=items, total=await service.count(tx))


@router.get("/{show_id}", summary="One show", responses=refusals(NoSuchShow))
async def show_show(show_id: UUID, request: Request, tx: Transaction) -> ShowShown:
    return await _shown(request, tx, await queries.show(tx, show_id))


@router.post("", status_code=201, summary="Make a show", responses=refusals(*_CALLER, *_OWNER, ShowNameTaken))
async def make_show(wish: ShowMade, request: Request, caller: Producer, tx: Transaction) -> ShowShown:
    return await _shown(request, tx, await service.make(tx, wish))


@router.patch(
    "/{show_id}",
    summary="Change a show; its owner may change all but its name and its owner",
    responses=refusals(*_CALLER, *_OWNER, NoSuchShow, NotYourShow, ShowNameTaken),
)
async def change_show(
    show_id: UUID, wish: ShowChange, request: Request, caller: Streamer, tx: Transaction
) -> ShowShown:
    return await _shown(request, tx, await service.change(tx, caller, show_id, wish))


@router.delete(
    "/{show_id}",
    status_code=204,
    summary="Delete a show; tokens, bookings and recordings of it stay, without it",
    responses=refusals(*_CALLER, NoSuchShow),
)
async def delete_show(show_id: UUID, caller: Producer, tx: Transaction) -> None:
    await service.delete_show(tx, show_id)


@router.put(
    "/{show_id}/artwork",
    summary="Give a show a picture",
    openapi_extra=body_of(_PICTURE, required=["file"]),
    responses=refusals(*_CALLER, *UPLOAD_REFUSALS, NoSuchShow, NotYourShow, NotAPicture, artwork.NoPicture),
)
async def put_show_artwork(show_id: UUID, request: Request, caller: Streamer, tx: Transaction) -> ShowShown:
    await service.to_change(tx, caller, show_id)
    await tx.close()  # an upload may take a while; no connection of the database is held meanwhile
    await artwork.take_in(request, caller, show_id, request.app.state.settings)
    async with begin(request) as after:
        return await _shown(request, after, await queries.show(after, show_id))


@router.delete(
    "/{show_id}/artwork",
    status_code=204,
    summary="Take a show's picture away",
    responses=refusals(*_CALLER, NoSuchShow, NotYourShow),
)
async def delete_show_artwork(show_id: UUID, caller: Streamer, tx: Transaction) -> None:
    show = await service.to_change(tx, caller, show_id)
    show.artwork = show.artwork_pixels = None
