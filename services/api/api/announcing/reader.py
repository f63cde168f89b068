"""stream-control's facts become events for webhooks, in the transaction in which they become true here.

Called after those who keep what the facts tell: it looks at what they know.
"""

from datetime import datetime
from uuid import UUID

from kit.contracts.air import Tier
from kit.contracts.facts import (
    AnyFact,
    LiveConnected,
    LiveEnded,
    LiveTitle,
    SilenceDetected,
    TierChanged,
    TrackStarted,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.announcing.models import Announced
from api.announcing.rules import Live, Playing, heard
from api.live.models import LiveSession
from api.played.models import Airing, AirNow
from api.shows.models import Show
from api.webhooks import events
from api.webhooks.telling import tell


async def apply(tx: AsyncSession, fact: AnyFact) -> None:
    """Tell webhooks what is news for them; anything else is passed over."""
    match fact:
        case TierChanged(tier=tier, previous=previous):
            data = events.TierHeard(tier=tier, previous=previous)
            await tell(tx, events.TierChangedEvent(at=fact.at, data=data))
        case SilenceDetected(tier=tier, seconds=seconds, session_id=session_id):
            silence = events.Silence(tier=tier, seconds=seconds, session_id=session_id)
            await tell(tx, events.SilenceDetectedEvent(at=fact.at, data=silence))
            return
        case TrackStarted() | LiveTitle():
            pass
        case LiveConnected(session_id=session_id):
            (await _announced(tx)).session_id = session_id
            await _began(tx, fact)
        case LiveEnded(session_id=session_id):
            announced = await _announced(tx)
            if announced.session_id == session_id:
                announced.session_id = None
            await _ended(tx, fact)
        case _:
            return
    await _tell_song(tx, fact.at)


async def _announced(tx: AsyncSession) -> Announced:
    row = await tx.get(Announced, 1, with_for_update=True)
    if row is None:
        row = Announced(id=1, session_id=None, song=None)
        tx.add(row)
    return row


async def _began(tx: AsyncSession, fact: LiveConnected) -> None:
    if begun := await _show(tx, fact.session_id):
        await tell(tx, events.LivestreamStartedEvent(at=fact.at, data=begun))


async def _ended(tx: AsyncSession, fact: LiveEnded) -> None:
    if begun := await _show(tx, fact.session_id):
        over = events.ShowOver(
            **begun.model_dump(), ended_at=fact.at, reason=fact.reason, heard_seconds=fact.heard_seconds
        )
        await tell(tx, events.LivestreamEndedEvent(at=fact.at, data=over))


async def _show(tx: AsyncSession, session_id: UUID) -> events.ShowBegun | None:
    """A session with its names; None when it is none of ours."""
    query = (
        select(LiveSession, User.display_name, Show.name)
        .outerjoin(User, User.id == LiveSession.user_id)
        .outerjoin(Show, Show.id == LiveSession.show_id)
        .where(LiveSession.id == session_id)
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    session, streamer, show = row
    return events.ShowBegun(
        session_id=session.id,
        streamer=streamer,
        show_id=session.show_id,
        show=show,
        started_at=session.connected_at or session.granted_at,
    )


async def _tell_song(tx: AsyncSession, at: datetime) -> None:
    """Tell what listeners hear now, if that is another song than the one that was told last."""
    air = await tx.get(AirNow, 1)
    if air is None:
        return
    announced = await _announced(tx)
    live = await _live(tx, announced.session_id) if announced.session_id else None
    song = heard(air.tier, await _playing(tx, air.tier), live)
    known = song.model_dump(mode="json", exclude={"started_at"}) if song else None
    if known == announced.song:
        return
    announced.song = known
    if song:
        await tell(tx, events.SongChangedEvent(at=at, data=song))


async def _playing(tx: AsyncSession, tier: Tier) -> Playing | None:
    query = select(Airing).where(Airing.tier == tier, Airing.ended_at.is_(None)).order_by(Airing.id.desc()).limit(1)
    row: Airing | None = await tx.scalar(query)
    return Playing(row.id, row.title, row.artist, row.started_at) if row else None


async def _live(tx: AsyncSession, session_id: UUID) -> Live | None:
    row = (
        await tx.execute(
            select(LiveSession, User.display_name)
            .outerjoin(User, User.id == LiveSession.user_id)
            .where(LiveSession.id == session_id)
        )
    ).one_or_none()
    if row is None:
        return None
    session, streamer = row
    started_at = session.connected_at or session.granted_at
    return Live(session.id, streamer, session.title, session.artist, started_at)
