"""Live shows over HTTP: for everybody, for streamers, for staff. The engine's questions have a module of their own."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import Admin, PasswordMustBeChanged, Person, Producer, Streamer
from api.accounts.queries import NoSuchUser
from api.live import control, encoders, shown, signing, slots, tokens
from api.live.models import LiveToken
from api.live.rules import NobodyLive, SlotNotSane, SlotTaken
from api.live.schemas import (
    Extension,
    Kick,
    LiveNow,
    LiveNowForStaff,
    LiveTokenAsked,
    LiveTokenForShow,
    LiveTokenMade,
    LiveTokensPage,
    Schedule,
    SlotAsked,
    SlotForStaff,
    SlotsPage,
)
from api.live.waking import Watched
from api.ringing import Rung
from api.settings import Settings
from api.shows.rules import NobodyOwnsIt, NoSuchShow, NotAStreamer, NotYourShow

router = APIRouter(tags=["live"])
admin = APIRouter(
    prefix="/admin/livestream",
    tags=["live"],
    responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged),
)
_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_STREAMER = (NoSuchUser, NoSuchShow, NotAStreamer)
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=500)]


def _made(request: Request, response: Response, token: LiveToken, now: datetime) -> LiveTokenMade:
    settings: Settings = request.app.state.settings
    text = signing.sign(token, settings=settings, now=now)
    site, secure = request.headers.get("host", ""), request.url.scheme == "https"
    response.headers["Cache-Control"] = "no-store"
    return LiveTokenMade(
        token=text,
        id=token.id,
        user_id=token.user_id,
        expires_at=token.expires_at,
        settings=encoders.settings_for(text, site=site, secure=secure, port=settings.harbor_port),
    )


@router.get("/livestream/now", summary="Who is live")
async def show_live(tx: Transaction) -> LiveNow:
    return await shown.live_now(tx, now=datetime.now(UTC))


@router.get("/livestream/schedule", summary="Who has booked which time")
async def show_schedule(tx: Transaction) -> Schedule:
    return await slots.schedule(tx, now=datetime.now(UTC))


@router.get("/shows/{show_id}/bookings", summary="When a show has booked the air", responses=refusals(NoSuchShow))
async def list_bookings_of_show(show_id: UUID, tx: Transaction) -> Schedule:
    return await slots.schedule_of_show(tx, show_id, now=datetime.now(UTC))


@router.get("/livestream/tokens/mine", summary="The caller's livestream tokens", responses=refusals(*_CALLER))
async def list_own_livestream_tokens(
    caller: Person, tx: Transaction, offset: Offset = 0, limit: Limit = 100
) -> LiveTokensPage:
    return await tokens.list_tokens(tx, user_id=caller.id, offset=offset, limit=limit, now=datetime.now(UTC))


@router.delete(
    "/livestream/tokens/{token_id}",
    status_code=204,
    summary="Take one of the caller's livestream tokens back; who is live with it is cut off",
    responses=refusals(*_CALLER, tokens.NoSuchLiveToken),
)
async def revoke_own_livestream_token(token_id: UUID, watched: Watched, caller: Person, tx: Transaction) -> None:
    await tokens.revoke(tx, token_id, owner=caller.id, now=datetime.now(UTC))


@router.post(
    "/shows/{show_id}/livestream-token",
    status_code=201,
    summary="A livestream token for the show's owner, who asks for it, or an administrator does",
    responses=refusals(*_CALLER, *_STREAMER, NotYourShow, NobodyOwnsIt),
)
async def make_livestream_token_for_show(
    show_id: UUID, wish: LiveTokenForShow, request: Request, response: Response, caller: Streamer, tx: Transaction
) -> LiveTokenMade:
    now = datetime.now(UTC)
    return _made(request, response, await tokens.mint_for_show(tx, caller, show_id, wish, now=now), now)


@admin.post(
    "/token",
    status_code=201,
    summary="Make a livestream token",
    responses=refusals(*_STREAMER, tokens.WhoseToken),
)
async def make_livestream_token(
    wish: LiveTokenAsked, request: Request, response: Response, caller: Admin, tx: Transaction
) -> LiveTokenMade:
    now = datetime.now(UTC)
    return _made(request, response, await tokens.mint(tx, caller, wish, now=now), now)


@admin.get("/tokens", summary="Livestream tokens, newest first, with the last use and the last refusal")
async def list_livestream_tokens(
    caller: Admin, tx: Transaction, offset: Offset = 0, limit: Limit = 100
) -> LiveTokensPage:
    return await tokens.list_tokens(tx, offset=offset, limit=limit, now=datetime.now(UTC))


@admin.delete(
    "/tokens/{token_id}",
    status_code=204,
    summary="Take a livestream token back; who is live with it is cut off",
    responses=refusals(tokens.NoSuchLiveToken),
)
async def revoke_livestream_token(token_id: UUID, watched: Watched, caller: Admin, tx: Transaction) -> None:
    await tokens.revoke(tx, token_id, now=datetime.now(UTC))


@admin.post(
    "/slots",
    status_code=201,
    summary="Book a time: during it nobody else is let in",
    responses=refusals(*_STREAMER, SlotTaken, SlotNotSane),
)
async def book_slot(wish: SlotAsked, watched: Watched, caller: Producer, tx: Transaction) -> SlotForStaff:
    return await slots.book(tx, wish, now=datetime.now(UTC))


@admin.get("/slots", summary="Bookings in their order")
async def list_slots(
    caller: Producer,
    tx: Transaction,
    past: Annotated[bool, Query(description="Also those that are over")] = False,
    offset: Offset = 0,
    limit: Limit = 100,
) -> SlotsPage:
    return await slots.list_slots(tx, past=past, offset=offset, limit=limit, now=datetime.now(UTC))


@admin.delete("/slots/{slot_id}", status_code=204, summary="Cancel a booking", responses=refusals(slots.NoSuchSlot))
async def cancel_slot(slot_id: UUID, caller: Producer, tx: Transaction) -> None:
    await slots.cancel(tx, slot_id)


@admin.get("/now", summary="Who is live or about to be", responses=refusals(NobodyLive))
async def show_live_for_staff(caller: Admin, tx: Transaction) -> LiveNowForStaff:
    return await shown.live_for_staff(tx, now=datetime.now(UTC))


@admin.post("/kick", status_code=202, summary="Cut off who is live", responses=refusals(NobodyLive))
async def kick_streamer(wish: Kick, watched: Watched, caller: Admin, tx: Transaction) -> LiveNowForStaff:
    now = datetime.now(UTC)
    await control.kick(tx, revoke=wish.revoke, now=now)
    return await shown.live_for_staff(tx, now=now)


@admin.post(
    "/extend",
    status_code=202,
    summary="Let who is live go on for longer",
    responses=refusals(NobodyLive),
)
async def extend_live(wish: Extension, rung: Rung, watched: Watched, caller: Admin, tx: Transaction) -> LiveNowForStaff:
    await control.extend(tx, wish.seconds)
    return await shown.live_for_staff(tx, now=datetime.now(UTC))
