"""Invitations: made by staff, used when registering. Whoever has the code may use it; only its hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import Invitation
from api.accounts.rules import InvitationNotGood
from api.accounts.schemas import InvitationMade, InvitationShown, Inviting


class NoSuchInvitation(Refusal):
    status = 404
    error_code = "no_such_invitation"


async def make(tx: AsyncSession, wish: Inviting, *, now: datetime) -> InvitationMade:
    """A new invitation, with the code that nobody is shown again."""
    code = secrets.token_urlsafe(24)
    values = wish.model_dump(exclude={"expires_in_days"})
    expires = now + timedelta(days=wish.expires_in_days)
    made = Invitation(**values, code_hash=_hashed(code), uses=0, created_at=now, expires_at=expires, revoked_at=None)
    tx.add(made)
    await tx.flush()
    return InvitationMade(code=code, **InvitationShown.model_validate(made).model_dump())


async def find(tx: AsyncSession, code: str, email: str, *, now: datetime) -> Invitation:
    """The invitation with this code, if it is good now; raises `InvitationNotGood`."""
    found: Invitation | None = await tx.scalar(select(Invitation).where(_is_good(code, email, now)))
    if found is None:
        raise InvitationNotGood
    return found


async def use(tx: AsyncSession, code: str, email: str, *, now: datetime) -> Invitation:
    """Use it once more, if it is good now: of two who take the last use one does. Raises `InvitationNotGood`."""
    counted = update(Invitation).where(_is_good(code, email, now)).values(uses=Invitation.uses + 1)
    found: Invitation | None = await tx.scalar(counted.returning(Invitation))
    if found is None:
        raise InvitationNotGood
    return found


async def revoke(tx: AsyncSession, invitation_id: UUID, *, now: datetime) -> None:
    """Take it back; raises `NoSuchInvitation`."""
    invitation = await tx.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise NoSuchInvitation("There is no such invitation.")
    invitation.revoked_at = invitation.revoked_at or now


def _is_good(code: str, email: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        Invitation.code_hash == _hashed(code),
        Invitation.uses < Invitation.max_uses,
        Invitation.expires_at > now,
        Invitation.revoked_at.is_(None),
        or_(Invitation.email.is_(None), Invitation.email == email),
    )


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
