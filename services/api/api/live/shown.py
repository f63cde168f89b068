"""Who is live, as everybody sees it, and as staff do."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.live.models import LiveSession
from api.live.rules import NobodyLive
from api.live.schemas import LiveNow, LiveNowForStaff
from api.shows.models import Show


async def live_now(tx: AsyncSession, *, now: datetime) -> LiveNow:
    """Who is connected; a grant that nobody came for yet is nobody's business."""
    found = await _open(tx)
    if found is None or found[0].connected_at is None:
        return LiveNow()
    return LiveNow(**_fields(*found, now))


async def live_for_staff(tx: AsyncSession, *, now: datetime) -> LiveNowForStaff:
    """The open session; raises `NobodyLive`."""
    found = await _open(tx)
    if found is None:
        raise NobodyLive
    session = found[0]
    return LiveNowForStaff(
        **_fields(*found, now), session=session.id, user_id=session.user_id, heard_seconds=session.heard_seconds
    )


async def _open(tx: AsyncSession) -> tuple[LiveSession, str | None, str | None] | None:
    query = (
        select(LiveSession, User.display_name, Show.name)
        .outerjoin(User, User.id == LiveSession.user_id)
        .outerjoin(Show, Show.id == LiveSession.show_id)
        .where(LiveSession.ended_at.is_(None))
    )
    row = (await tx.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def _fields(session: LiveSession, streamer: str | None, show: str | None, now: datetime) -> dict[str, Any]:
    return {
        "state": "on",
        "streamer": streamer,
        "show_id": session.show_id,
        "show": show,
        "since": session.connected_at,
        "title": session.title,
        "artist": session.artist,
        "ends_at": session.ends_at,
        "seconds_left": max(0.0, (session.ends_at - now).total_seconds()),
    }
