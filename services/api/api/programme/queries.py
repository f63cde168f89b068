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


async def append(tx: AsyncSession, track: UUID) -> None:
    """Put a track at the end of the playlist, unless it has its place."""
    if await tx.get(ProgrammeEntry, track) is None:
        last = await tx.scalar(select(func.max(ProgrammeEntry.position)))
        tx.add(ProgrammeEntry(track_id=track, position=(last or 0) + 1))


async def strike(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Take tracks off the playlist."""
    await tx.execute(delete(ProgrammeEntry).where(ProgrammeEntry.track_id.in_(tracks)))


async def next_to_prepare(tx: AsyncSession, *, done: Collection[UUID], put_off: Collection[UUID]) -> Track | None:
    """The next track to look at: uploads first (somebody waits), refused ones unless `done`."""
    refused = and_(Track.state == "refused", Track.id.not_in(done))
    query = select(Track).where(or_(Track.state == "waiting", refused), Track.id.not_in(put_off))
    order = ((Track.state != "waiting"), (Track.source != "upload"), Track.source, Track.path)
    return await tx.scalar(query.order_by(*order).limit(1))


async def station_has_own(tx: AsyncSession) -> bool:
    """Whether there is music of the station's own, or may be soon."""
    own = select(Track.id).where(Track.source != "starter", Track.state.in_(("ready", "waiting")))
    return await tx.scalar(own.limit(1)) is not None
