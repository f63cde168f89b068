"""Deleting tracks for good in two steps: out of the library at once, off the disk after some time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from kit.db import Sessions
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.keeping import rules
from api.keeping.rules import NotYours
from api.library import deleting
from api.library.models import Track
from api.library.queries import NoSuchTrack
from api.programme import queries as programme
from api.programme.rules import StarterPiece, require_own
from api.settings import Settings

logger = structlog.get_logger()
AT_ONCE = 500
"""Tracks whose files one look takes off the disk."""


@dataclass(frozen=True)
class Deleted:
    """How many tracks were deleted, and which were not, with the reason."""

    tracks: int
    refused: tuple[tuple[UUID, str], ...]


async def delete_one(tx: AsyncSession, caller: Caller, track_id: UUID) -> None:
    """Raises `NoSuchTrack`, `NotYours` and `StarterPiece`."""
    track = await tx.get(Track, track_id, with_for_update=True)
    if track is None or track.deleted_at is not None:
        raise NoSuchTrack
    rules.require_deletable(caller.role, caller.id, track.created_by)
    require_own(track.source)
    await _delete(tx, caller, [track.id])


async def delete_many(tx: AsyncSession, caller: Caller, tracks: Sequence[UUID]) -> Deleted:
    """Delete those that the caller may delete."""
    query = select(Track.id, Track.created_by, Track.source).where(Track.id == func.any(list(tracks)))
    rows = await tx.execute(query.where(Track.deleted_at.is_(None)).order_by(Track.id).with_for_update())
    mine, refused = [], []
    for row in rows:
        try:
            rules.require_deletable(caller.role, caller.id, row.created_by)
            require_own(row.source)
            mine.append(row.id)
        except (NotYours, StarterPiece) as error:
            refused.append((row.id, str(error)))
    await _delete(tx, caller, mine)
    return Deleted(len(mine), tuple(refused))


async def restore_one(tx: AsyncSession, caller: Caller, track_id: UUID) -> None:
    """Bring a deleted track back. Raises `NoSuchTrack`, `NotDeleted` and `NotYours`."""
    track = await tx.get(Track, track_id, with_for_update=True)
    if track is None:
        raise NoSuchTrack
    rules.require_deletable(caller.role, caller.id, track.created_by)
    rules.require_restorable(track.state, deleted=track.deleted_at is not None)
    await deleting.restore(tx, [track_id])
    logger.info("track_restored", track=str(track_id))


async def purge(sessions: Sessions, settings: Settings) -> None:
    """Take the files of tracks that were deleted long ago off the disk; what a person dropped is left lying."""
    before = datetime.now(UTC) - timedelta(days=settings.library_trash_days)
    while True:
        async with sessions.begin() as tx:
            query = select(Track.id, Track.source, Track.path).where(
                Track.deleted_at < before, Track.state == "removed"
            )
            rows = (await tx.execute(query.limit(AT_ONCE).with_for_update(skip_locked=True))).all()
            if not rows:
                return
            originals = [settings.library_folder / row.path for row in rows if row.source == "upload"]
            # Before the rows say so: a death in between leaves rows that are purged again, not files that nobody knows.
            await asyncio.to_thread(_unlink, originals)
            purged = [row.id for row in rows]
            await tx.execute(
                update(Track).where(Track.id.in_(purged)).values(state="gone", artwork=False, waveform=False)
            )
        logger.info("tracks_purged", count=len(purged))


async def _delete(tx: AsyncSession, caller: Caller, tracks: Sequence[UUID]) -> None:
    if not tracks:
        return
    await programme.strike(tx, tracks)
    await deleting.delete(tx, tracks, by=caller.id, now=datetime.now(UTC))
    await programme.told_changed(tx)
    logger.info("tracks_deleted", count=len(tracks), by=str(caller.id))


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
