"""Letting a streamer in, and hearing that one came or went. One transaction each; all may be asked again."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID, uuid4

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.live import queries, signing
from api.live.models import LiveSession, LiveToken
from api.live.rules import Ending, Refused, admit, not_coming, seconds_left
from api.live.schemas import Answered, Knocking
from api.settings import Settings

logger = structlog.get_logger()


async def knock(tx: AsyncSession, wish: Knocking, *, settings: Settings, now: datetime) -> Answered:
    """Grant the air to whoever may have it now, or say why not; the token remembers the answer."""
    token_id = signing.read(wish.password, settings=settings)
    token = await tx.get(LiveToken, token_id) if token_id else None
    user = await tx.get(User, token.user_id) if token else None
    if token is None or user is None:
        logger.info("streamer_refused", reason="unknown")
        return Answered(allowed=False, reason="unknown")
    known, bookings = await queries.knock_of(tx, token, user, now), await queries.bookings(tx, now)
    session_id: UUID | None = None
    why = admit(known, bookings, taken=await _taken(tx, now), now=now)
    seconds = seconds_left(known, bookings, now)
    if why is None:
        session_id = await _grant(tx, token, address=wish.address, ends_at=now + timedelta(seconds=seconds), now=now)
        # Somebody else was a moment faster.
        why = None if session_id else "taken"
    if why:
        return _refuse(token, why, now)
    token.last_used_at = now
    logger.info("streamer_granted", session=str(session_id), token_id=str(token.id), seconds=seconds)
    return Answered(allowed=True, session=session_id, seconds_left=seconds, name=user.display_name or "")


def _refuse(token: LiveToken, why: Refused, now: datetime) -> Answered:
    token.refused_at, token.refused_because = now, why
    logger.info("streamer_refused", reason=why, token_id=str(token.id))
    return Answered(allowed=False, reason=why)


async def _taken(tx: AsyncSession, now: datetime) -> bool:
    session = await queries.open_session(tx)
    return session is not None and not await give_up(tx, session, now)


async def give_up(tx: AsyncSession, session: LiveSession, now: datetime) -> bool:
    """End a grant that nobody came for; whether that was so. Who connects at this moment is waited for."""
    if not not_coming(session.granted_at, session.connected_at, now):
        return False
    again = await queries.changing(tx, session.id)
    if again is None or again.ended_at is not None:
        return True
    if not not_coming(again.granted_at, again.connected_at, now):
        return False
    end(again, "not_connected", now)
    await tx.flush()
    return True


async def _grant(
    tx: AsyncSession, token: LiveToken, *, address: str | None, ends_at: datetime, now: datetime
) -> UUID | None:
    row = insert(LiveSession).values(
        id=uuid4(),
        user_id=token.user_id,
        token_id=token.id,
        show_id=token.show_id,
        address=_address(address),
        granted_at=now,
        ends_at=ends_at,
        limit_told=True,
        heard_seconds=0.0,
        heard_in_all=False,
    )
    # Waits for another transaction that grants at this moment, and gives way when that one commits.
    only_one = row.on_conflict_do_nothing(
        index_elements=[text("(ended_at IS NULL)")], index_where=LiveSession.ended_at.is_(None)
    )
    granted: UUID | None = await tx.scalar(only_one.returning(LiveSession.id))
    return granted


async def connected(tx: AsyncSession, session_id: UUID, *, now: datetime) -> bool:
    """The encoder of a grant is there; True when that was news. A grant given up too early is taken up again."""
    session = await queries.changing(tx, session_id)
    if session is None:
        return False
    if session.ended_because == "not_connected" and await queries.open_session(tx, lock=True) is None:
        session.ended_at = session.ended_because = None
    if session.ended_at is not None or session.connected_at is not None:
        return False
    session.connected_at = now
    logger.info("streamer_connected", session=str(session_id))
    return True


async def disconnected(tx: AsyncSession, session_id: UUID, why: Ending = "disconnected", *, now: datetime) -> bool:
    """The encoder is gone; True when that was news."""
    session = await queries.changing(tx, session_id)
    if session is None or session.ended_at is not None:
        return False
    end(session, why, now)
    return True


def end(session: LiveSession, why: Ending, now: datetime) -> None:
    """Nobody has the air any more."""
    session.ended_at, session.ended_because = now, why
    logger.info("live_session_ended", session=str(session.id), reason=why)


def _address(said: str | None) -> str | None:
    try:
        return str(ip_address((said or "").strip()))
    except ValueError:
        return None
