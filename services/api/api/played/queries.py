"""What aired, from the database."""

from collections.abc import Sequence
from datetime import datetime

from kit.contracts.air import Tier
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.played.models import Airing, AirNow, SilentTier


async def page_of_heard(
    tx: AsyncSession,
    *,
    tier: Tier | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> Sequence[Airing]:
    """Airings that listeners heard, newest first; those that began at or after `since` and before `until`."""
    conditions: list[ColumnElement[bool]] = [_was_heard()]
    if tier:
        conditions.append(Airing.tier == tier)
    if since:
        conditions.append(Airing.started_at >= since)
    if until:
        conditions.append(Airing.started_at < until)
    if before:
        conditions.append(Airing.id < before)
    query = select(Airing).where(*conditions).order_by(Airing.id.desc()).limit(limit)
    return (await tx.scalars(query)).all()


async def silent_tiers(tx: AsyncSession) -> Sequence[SilentTier]:
    """Tiers that send silence now, the first one first."""
    return (await tx.scalars(select(SilentTier).order_by(SilentTier.since, SilentTier.tier))).all()


def _was_heard() -> ColumnElement[bool]:
    on_air = exists().where(AirNow.tier == Airing.tier)
    return or_(Airing.heard_seconds > 0, Airing.ended_at.is_(None) & on_air)
