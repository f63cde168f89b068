"""Selects on tokens, bookings and sessions that are used more than once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.live.models import LiveSession, LiveSlot, LiveToken
from api.live.rules import WINDOW, Booking, Knock, Spell, used
from api.shows.queries import may_stream


async def open_session(tx: AsyncSession, *, lock: bool = False) -> LiveSession | None:
    """The session that has the air, if any."""
    query = select(LiveSession).where(LiveSession.ended_at.is_(None))
    found: LiveSession | None = await tx.scalar(query.with_for_update() if lock else query)
    return found


async def changing(tx: AsyncSession, session_id: UUID) -> LiveSession | None:
    """One session, locked."""
    return await tx.get(LiveSession, session_id, with_for_update=True, populate_existing=True)


async def used_seconds(tx: AsyncSession, users: Collection[UUID], now: datetime) -> dict[UUID, float]:
    """What each of these users has used of the time within the window."""
    within = LiveSession.user_id.in_(users) & (LiveSession.granted_at > now - WINDOW)
    rows = await tx.execute(
        select(
            LiveSession.user_id,
            LiveSession.heard_seconds,
            LiveSession.heard_in_all,
            LiveSession.connected_at,
            LiveSession.ended_at,
        ).where(within)
    )
    spells: dict[UUID | None, list[Spell]] = {}
    for user_id, heard, in_all, connected_at, ended_at in rows:
        spells.setdefault(user_id, []).append(Spell(heard, in_all, connected_at, ended_at))
    return {user_id: used(spells.get(user_id, ()), now) for user_id in users}


async def knock_of(tx: AsyncSession, token: LiveToken, user: User, now: datetime) -> Knock:
    """What is known of somebody who wants in."""
    return Knock(
        user_id=user.id,
        max_seconds=token.max_streaming_seconds,
        used_seconds=(await used_seconds(tx, [user.id], now))[user.id],
        expires_at=token.expires_at,
        revoked=token.revoked_at is not None,
        may_stream=may_stream(user.role, blocked=user.blocked_at is not None),
    )


async def bookings(tx: AsyncSession, now: datetime) -> list[Booking]:
    """Bookings that are not over, for the next days: nobody is granted more at once."""
    query = select(LiveSlot.user_id, LiveSlot.starts_at, LiveSlot.ends_at).where(LiveSlot.ends_at > now)
    return [Booking(*row) for row in await tx.execute(query.order_by(LiveSlot.starts_at).limit(100))]
