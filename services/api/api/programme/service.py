"""The programme as staff sees and changes it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from kit.contracts.queues import WantedQueue
from kit.refusal import Refusal
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving import feeding
from api.library import deleting, naming
from api.library.models import Track
from api.library.moment import Now
from api.library.rules import TrackState
from api.programme import queries, rules
from api.programme.models import ProgrammeEntry, ProgrammeOrder
from api.programme.schemas import ProgrammePage, TrackShown


class NoSuchTrack(Refusal):
    status = 404
    error_code = "no_such_track"


async def show(tx: AsyncSession, *, state: TrackState | None, offset: int, limit: int) -> ProgrammePage:
    """A page of the tracks in a state, or of all that are neither gone nor removed."""
    there = Track.state == state if state else Track.state.not_in(("gone", "removed"))
    total = await tx.scalar(select(func.count()).select_from(Track).where(there))
    hindered = select(Track.path, Track.problem).where(Track.state == "waiting", Track.problem.is_not(None))
    return ProgrammePage(
        items=await _page(tx, there, offset=offset, limit=limit),
        total=total or 0,
        random=await queries.is_random(tx),
        waiting={path: problem or "" for path, problem in await tx.execute(hindered.limit(limit))},
    )


async def show_tracks(tx: AsyncSession, tracks: Sequence[UUID]) -> list[TrackShown]:
    """These tracks, in the order in which they are given."""
    found = {one.id: one for one in await _page(tx, Track.id.in_(tracks), limit=len(tracks))}
    return [found[one] for one in tracks]


async def reorder(tx: AsyncSession, tracks: Sequence[UUID]) -> None:
    """Give the playlist another order; raises `OrderIsStale`."""
    entries = {entry.track_id: entry for entry in await queries.playlist(tx, for_update=True)}
    rules.require_same(tracks, entries)
    for position, track in enumerate(tracks, start=1):
        entries[track].position = position
    await queries.told_changed(tx)


async def set_random(tx: AsyncSession, *, random: bool) -> None:
    """Choose between random order and the playlist's own."""
    await tx.merge(ProgrammeOrder(id=1, random=random))
    await queries.told_changed(tx)


async def remove(tx: AsyncSession, track_id: UUID, *, by: UUID | None) -> None:
    """Take a track off the playlist; one from the programme's own folder leaves the library, too.

    Its original stays. Raises `NoSuchTrack` or `StarterPiece`.
    """
    track = await _locked(tx, track_id)
    rules.require_own(track.source)
    await queries.strike(tx, [track.id])
    if track.source == "folder" and track.deleted_at is None:
        await deleting.delete(tx, [track.id], by=by, now=datetime.now(UTC))
    await queries.told_changed(tx)


async def add(tx: AsyncSession, tracks: Sequence[UUID]) -> list[TrackShown]:
    """Put tracks of the library at the playlist's end; those that are on it keep their places.

    Raises `NoSuchTrack`, also for one that cannot be played.
    """
    ready = select(Track.id).where(Track.id.in_(tracks), Track.state == "ready", Track.archived_at.is_(None))
    if set(tracks) - set(await tx.scalars(ready)):
        raise NoSuchTrack("One of these tracks is not in the library, or cannot be played.")
    await queries.append(tx, tracks)
    await queries.told_changed(tx)
    return await show_tracks(tx, tracks)


async def restore(tx: AsyncSession, track_id: UUID) -> TrackShown:
    """Have a removed track prepared again. Raises `NoSuchTrack` or `NotRemoved`."""
    track = await _locked(tx, track_id)
    rules.require_removed(track.state)
    await queries.append(tx, [track.id])
    await feeding.ask(tx, track.id, track.source)
    await deleting.restore(tx, [track.id])
    await tx.refresh(track)
    return (await show_tracks(tx, [track.id]))[0]


async def follow(tx: AsyncSession, track: Track) -> None:
    """A track became ready, or was refused, in this transaction: what the programme's folder brings is on the playlist,
    and what cannot be played is not."""
    entry = await tx.get(ProgrammeEntry, track.id)
    if track.state == "refused":
        if entry is None:
            return
        await queries.strike(tx, [track.id])
    elif track.source == "folder":
        await queries.append(tx, [track.id])
    elif entry is None and track.source != "starter":
        return
    await queries.told_changed(tx)


async def wanted(tx: AsyncSession, now: Now) -> WantedQueue:
    """What the programme's player should hold."""
    tracks = await queries.playing(tx, now)
    random = await queries.is_random(tx)
    return WantedQueue(playlist="fallback", random=random, items=tuple(naming.wanted(track) for track in tracks))


async def _locked(tx: AsyncSession, track_id: UUID) -> Track:
    track = await tx.get(Track, track_id, with_for_update=True)
    if track is None or track.state == "gone":
        raise NoSuchTrack("There is no such track, or its file is gone.")
    return track


async def _page(tx: AsyncSession, which: ColumnElement[bool], *, offset: int = 0, limit: int) -> list[TrackShown]:
    """Tracks with their places: the playlist in its order, then the others by name."""
    query = select(Track, ProgrammeEntry.position).outerjoin(ProgrammeEntry, ProgrammeEntry.track_id == Track.id)
    order = (ProgrammeEntry.position.nulls_last(), Track.source, Track.path, Track.id)
    rows = await tx.execute(query.where(which).order_by(*order).offset(offset).limit(limit))
    return [_shown(track, position) for track, position in rows]


def _shown(track: Track, position: int | None) -> TrackShown:
    return TrackShown.model_validate(track).model_copy(update={"position": position})
