"""Shows: everybody sees them, producers look after them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.accounts.queries import NoSuchUser
from api.shows import service
from api.shows.rules import NoSuchShow, NotAStreamer, ShowNameTaken
from api.shows.schemas import ShowChange, ShowMade, ShowShown, ShowsPage

router = APIRouter(prefix="/shows", tags=["shows"])
_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_OWNER = (NoSuchUser, NotAStreamer)


@router.get("", summary="Shows, in the order of their names")
async def list_shows(
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ShowsPage:
    return await service.list_shows(tx, offset=offset, limit=limit)


@router.get("/{show_id}", summary="One show", responses=refusals(NoSuchShow))
async def show_show(show_id: UUID, tx: Transaction) -> ShowShown:
    return await service.find(tx, show_id)


@router.post("", status_code=201, summary="Make a show", responses=refusals(*_CALLER, *_OWNER, ShowNameTaken))
async def make_show(wish: ShowMade, caller: Producer, tx: Transaction) -> ShowShown:
    return await service.make(tx, wish)


@router.patch("/{show_id}", summary="Change a show", responses=refusals(*_CALLER, *_OWNER, NoSuchShow, ShowNameTaken))
async def change_show(show_id: UUID, wish: ShowChange, caller: Producer, tx: Transaction) -> ShowShown:
    return await service.change(tx, show_id, wish)


@router.delete(
    "/{show_id}",
    status_code=204,
    summary="Delete a show; tokens and bookings for it stay, without it",
    responses=refusals(*_CALLER, NoSuchShow),
)
async def delete_show(show_id: UUID, caller: Producer, tx: Transaction) -> None:
    await service.delete(tx, show_id)
