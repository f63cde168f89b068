"""Administrators' routes for guest tokens: for somebody without an account, within limits, for a while."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import Refusal, refusals
from sqlalchemy import func, select

from api.accounts import signing
from api.accounts.caller import Admin
from api.accounts.leaving import withdraw_of
from api.accounts.models import GuestToken
from api.accounts.schemas import GuestTokenAsked, GuestTokenMade, GuestTokenShown, GuestTokensPage
from api.ringing import ring_afterwards

router = APIRouter(prefix="/admin", tags=["guests"], responses=refusals(NotAuthenticated, NotAllowed))


class NoSuchGuestToken(Refusal):
    status = 404
    error_code = "no_such_guest_token"


@router.post("/token", status_code=201, summary="Make a guest token")
async def make_guest_token(
    wish: GuestTokenAsked, request: Request, response: Response, _: Admin, tx: Transaction
) -> GuestTokenMade:
    now = datetime.now(UTC)
    guest = GuestToken(
        id=uuid4(),
        note=wish.note,
        max_queue_songs=wish.max_queue_songs,
        max_add_requests=wish.max_add_requests,
        created_at=now,
        expires_at=now + timedelta(seconds=wish.duration_seconds),
        revoked_at=None,
    )
    tx.add(guest)
    await tx.flush()
    response.headers["Cache-Control"] = "no-store"
    token = signing.guest_token(guest, settings=request.app.state.settings, now=now)
    return GuestTokenMade(token=token, **GuestTokenShown.model_validate(guest).model_dump())


@router.get("/tokens", summary="Guest tokens, newest first")
async def list_guest_tokens(
    _: Admin,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> GuestTokensPage:
    total = await tx.scalar(select(func.count()).select_from(GuestToken)) or 0
    newest = select(GuestToken).order_by(GuestToken.created_at.desc(), GuestToken.id).offset(offset).limit(limit)
    return GuestTokensPage(items=[GuestTokenShown.model_validate(row) for row in await tx.scalars(newest)], total=total)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    summary="Take a guest token back, and take out what it waits for",
    responses=refusals(NoSuchGuestToken),
    dependencies=[Depends(ring_afterwards, scope="function")],
)
async def revoke_guest_token(token_id: UUID, request: Request, _: Admin, tx: Transaction) -> None:
    now = datetime.now(UTC)
    guest = await tx.get(GuestToken, token_id, with_for_update=True)
    if guest is None:
        raise NoSuchGuestToken("There is no such guest token.")
    guest.revoked_at = guest.revoked_at or now
    await withdraw_of(request)(tx, guest_id=token_id, now=now)
