"""The playlist and its tracks."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from kit import facts
from kit.contracts.facts import QueueChanged
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import tables
from api.library.finding import compiling
from api.library.finding.models import TrackIndex
from api.library.models import Track
from api.library.moment import Now
from api.programme.models import ProgrammeEntry, ProgrammeOrder


async def told_changed(tx: AsyncSession) -> None:
    """Record that the programme's player should hold something else."""
    await facts.record(tx, tables.facts, [QueueChanged(at=datetime.now(UTC), playlist="fallback")])


async def is_random(tx: AsyncSession) -> bool:
    """Whether the playlist is played at random."""
    order = await tx.get(ProgrammeOrder, 1)
    return order is None or order.random


async def playlist(tx: AsyncSession, *, for_update: bool = False) -> Sequence[ProgrammeEntry]:
    """The entries in their order; locked against another change of order when they are to be changed."""
    query = select(ProgrammeEntry).order_by(ProgrammeEntry.position, ProgrammeEntry.track_id)
    return (await tx.scalars(query.with_for_update() if for_update else query)).all()


async def playing(tx: AsyncSession, now: Now) -> Sequence[Track]:
    """What plays: the tracks of the playlist that may air now, or the composed pieces while there is none."""
    own = select(Track).join(ProgrammeEntry).join(TrackIndex).where(compiling.airable(now))
    found = (await tx.scalars(own.order_by(ProgrammeEntry.position, ProgrammeEntry.track_id))).all()
    if found:
        return found
    starters = select(Track).where(Track.source == "starter", Track.state == "ready")
    return (await tx.scalars(starters.order_by(Track.path))).all()


async def append(tx: AsyncSession, tracks: Sequence[UUID]) -> None:
    """Put tracks at the end of the playlist, in this order; those that are on it keep their places."""
    placed = select(ProgrammeEntry.track_id).where(ProgrammeEntry.track_id == func.any(list(tracks)))
    known = set(await tx.scalars(placed))
    last = await tx.scalar(select(func.max(ProgrammeEntry.position))) or 0
    new = [track for track in dict.fromkeys(tracks) if track not in known]
    tx.add_all(ProgrammeEntry(track_id=track, position=last + place) for place, track in enumerate(new, start=1))
    await tx.flush()


async def strike(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Take tracks off the playlist."""
    await tx.execute(delete(ProgrammeEntry).where(ProgrammeEntry.track_id == func.any(list(tracks))))


async def station_has_own(tx: AsyncSession) -> bool:
    """Whether there is music of the station's own to be played, or may be soon: what the library has besides the
    playlist does not count."""
    coming = (
        select(Track.id)
        .outerjoin(ProgrammeEntry)
        .where(
            or_(
                and_(ProgrammeEntry.track_id.is_not(None), Track.state.in_(("ready", "waiting"))),
                and_(Track.source == "folder", Track.state == "waiting"),
            )
        )
    )
    return await tx.scalar(coming.limit(1)) is not None
