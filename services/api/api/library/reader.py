"""stream-control's facts: which tracks listeners heard, and when last. It is no change of the library."""

from datetime import datetime
from uuid import UUID

from kit.contracts.facts import AnyFact, TrackEnded
from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.models import Track


async def apply(tx: AsyncSession, fact: AnyFact) -> None:
    """Note that a track was heard. A request has an id of its own: whoever knows of which track it is calls `heard`."""
    if isinstance(fact, TrackEnded) and fact.heard_seconds > 0 and (track := _id(fact.item_id)):
        await heard(tx, track, fact.at)


async def heard(tx: AsyncSession, track: UUID, at: datetime) -> None:
    """Listeners heard a track until then; what was noted before is not noted again."""
    new = or_(Track.last_aired_at.is_(None), Track.last_aired_at < at)
    await tx.execute(update(Track).where(Track.id == track, new).values(last_aired_at=at, airs=Track.airs + 1))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
