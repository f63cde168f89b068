"""Administrators' routes for invitations."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals
from sqlalchemy import func, select

from api.accounts import invitations
from api.accounts.caller import Admin
from api.accounts.models import Invitation
from api.accounts.schemas import InvitationMade, InvitationShown, InvitationsPage, Inviting

router = APIRouter(prefix="/admin/invitations", tags=["people"], responses=refusals(NotAuthenticated, NotAllowed))


@router.post("", status_code=201, summary="Invite somebody; the code is shown this once")
async def invite(wish: Inviting, response: Response, _: Admin, tx: Transaction) -> InvitationMade:
    response.headers["Cache-Control"] = "no-store"
    return await invitations.make(tx, wish, now=datetime.now(UTC))


@router.get("", summary="Invitations, newest first")
async def list_invitations(
    _: Admin,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> InvitationsPage:
    total = await tx.scalar(select(func.count()).select_from(Invitation)) or 0
    newest = select(Invitation).order_by(Invitation.created_at.desc(), Invitation.id).offset(offset).limit(limit)
    return InvitationsPage(items=[InvitationShown.model_validate(row) for row in await tx.scalars(newest)], total=total)


@router.delete(
    "/{invitation_id}",
    status_code=204,
    summary="Take an invitation back; who used it stays",
    responses=refusals(invitations.NoSuchInvitation),
)
async def revoke_invitation(invitation_id: UUID, _: Admin, tx: Transaction) -> None:
    await invitations.revoke(tx, invitation_id, now=datetime.now(UTC))
