"""stream-control's facts become what aired."""

from datetime import datetime, timedelta

from kit.contracts.air import Tier
from kit.contracts.facts import AnyFact, SilenceDetected, SilenceEnded, TierChanged, TrackEnded, TrackStarted
from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.played.models import Airing, AirNow, SilentTier


async def apply(tx: AsyncSession, fact: AnyFact) -> None:
    """Take in a fact; one that was taken in before changes nothing."""
    match fact:
        case TrackStarted():
            await _begin(tx, fact)
        case TrackEnded():
            ended = {"ended_at": fact.at, "ended_reason": fact.reason, "heard_seconds": fact.heard_seconds}
            await tx.execute(update(Airing).where(Airing.id == fact.airing_id).values(**ended))
        case TierChanged():
            await _change_tier(tx, fact)
        case SilenceDetected():
            since = fact.at - timedelta(seconds=fact.seconds)
            row = insert(SilentTier).values(tier=fact.tier, since=since)
            await tx.execute(row.on_conflict_do_update(index_elements=[SilentTier.tier], set_={"since": since}))
        case SilenceEnded():
            await tx.execute(delete(SilentTier).where(SilentTier.tier == fact.tier))


async def _begin(tx: AsyncSession, fact: TrackStarted) -> None:
    row = insert(Airing).values(
        id=fact.airing_id,
        tier=fact.tier,
        item_id=fact.item_id,
        title=fact.title,
        artist=fact.artist,
        started_at=fact.at,
        heard_seconds=0.0,
    )
    await tx.execute(row.on_conflict_do_nothing())


async def _change_tier(tx: AsyncSession, fact: TierChanged) -> None:
    now = await tx.get(AirNow, 1, with_for_update=True)
    if now is None:
        tx.add(AirNow(id=1, tier=fact.tier, since=fact.at))
    elif now.since < fact.at:
        await _count_heard(tx, now.tier, now.since, fact.at)
        now.tier, now.since = fact.tier, fact.at
    await tx.flush()


async def _count_heard(tx: AsyncSession, tier: Tier, since: datetime, until: datetime) -> None:
    """What still plays on a tier that leaves was heard, though its end will only say later for how long in all."""
    heard = func.extract("epoch", until - func.greatest(Airing.started_at, since))
    playing = update(Airing).where(Airing.tier == tier, Airing.ended_at.is_(None), Airing.started_at < until)
    await tx.execute(playing.values(heard_seconds=Airing.heard_seconds + heard))
