"""What nobody needs any more."""

from datetime import UTC, datetime, timedelta

from kit.db import Sessions
from sqlalchemy import delete

from api.accounts.models import GuestToken, Invitation, Session

KEPT = timedelta(days=30)
"""For so long staff may see what invitations and guest tokens they gave out, after these expired."""


async def forget_expired(sessions: Sessions) -> None:
    """Delete sessions that expired, and invitations and guest tokens that did so a while ago."""
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        await tx.execute(delete(Session).where(Session.expires_at <= now))
        await tx.execute(delete(Invitation).where(Invitation.expires_at <= now - KEPT))
        await tx.execute(delete(GuestToken).where(GuestToken.expires_at <= now - KEPT))
