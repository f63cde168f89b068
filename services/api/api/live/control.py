"""What staff do while somebody is live."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.live import queries
from api.live.models import LiveSession, LiveToken
from api.live.rules import NobodyLive

logger = structlog.get_logger()


async def kick(tx: AsyncSession, *, revoke: bool, now: datetime) -> None:
    """End the open session; the watch cuts it. Raises `NobodyLive`."""
    session = await _open(tx)
    session.cut_because = "kicked"
    token = await tx.get(LiveToken, session.token_id) if session.token_id else None
    if revoke and token:
        token.revoked_at = token.revoked_at or now
    logger.info("streamer_kicked", session=str(session.id), revoked=revoke)


async def extend(tx: AsyncSession, seconds: int) -> None:
    """Let the open session go on for longer, and its token, too, should it connect again; raises `NobodyLive`."""
    session = await _open(tx)
    session.ends_at += timedelta(seconds=seconds)
    session.limit_told, session.warned_seconds = False, None
    token = await tx.get(LiveToken, session.token_id) if session.token_id else None
    if token:
        token.max_streaming_seconds += seconds
    logger.info("live_session_extended", session=str(session.id), seconds=seconds)


async def _open(tx: AsyncSession) -> LiveSession:
    session = await queries.open_session(tx, lock=True)
    if session is None:
        raise NobodyLive
    return session
