"""What never airs rests in the archive: it stays in the library, but is neither asked for nor planned."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.library import telling
from api.library.models import Track, TrackChange


async def archive(tx: AsyncSession, caller: Caller, tracks: Sequence[UUID]) -> int:
    """Put tracks into the archive; how many were not there before."""
    return await _move(tx, caller, tracks, to=datetime.now(UTC))


async def unarchive(tx: AsyncSession, caller: Caller, tracks: Sequence[UUID]) -> int:
    """Take tracks out of the archive; how many were there."""
    return await _move(tx, caller, tracks, to=None)


async def _move(tx: AsyncSession, caller: Caller, tracks: Sequence[UUID], *, to: datetime | None) -> int:
    elsewhere = Track.archived_at.is_(None) if to else Track.archived_at.is_not(None)
    query = select(Track.id, Track.archived_at).where(Track.id == func.any(list(tracks)), elsewhere)
    before = {
        row.id: row.archived_at
        for row in await tx.execute(query.where(Track.deleted_at.is_(None)).order_by(Track.id).with_for_update())
    }
    if before:
        await tx.execute(update(Track).where(Track.id == func.any(list(before))).values(archived_at=to))
        await tx.execute(insert(TrackChange), [_change(caller, track, was, to) for track, was in before.items()])
        await telling.changed(tx, before, ["archived_at"])
    return len(before)


def _change(caller: Caller, track: UUID, before: datetime | None, after: datetime | None) -> dict[str, object]:
    return {
        "track_id": track,
        "by": "person" if caller.kind == "user" else "station",
        "user_id": caller.id if caller.kind == "user" else None,
        "field": "archived_at",
        "before": before.isoformat() if before else None,
        "after": after.isoformat() if after else None,
    }
