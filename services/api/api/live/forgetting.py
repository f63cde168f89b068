"""What nobody needs any more of who was live."""

from datetime import UTC, datetime, timedelta

from kit.db import Sessions
from sqlalchemy import delete, select

from api.live.models import LiveSession, LiveSlot, LiveToken
from api.settings import Settings


async def forget_past(sessions: Sessions, settings: Settings) -> None:
    """Delete tokens that expired, and sessions and bookings that were over, long enough ago.

    Sessions remain for longer than their time on air counts; what was recorded of one outlives it.
    """
    now = datetime.now(UTC)
    tokens_until = now - timedelta(days=settings.live_tokens_kept_days)
    past = now - timedelta(days=settings.live_sessions_kept_days)
    # More time may have been given to who is live than the token had: without a token the session would be cut.
    in_use = select(LiveSession.token_id).where(LiveSession.ended_at.is_(None), LiveSession.token_id.is_not(None))
    async with sessions.begin() as tx:
        await tx.execute(
            delete(LiveToken).where(LiveToken.expires_at <= tokens_until, LiveToken.id.not_in(in_use)),
        )
        await tx.execute(delete(LiveSession).where(LiveSession.ended_at <= past))
        await tx.execute(delete(LiveSlot).where(LiveSlot.ends_at <= past))
