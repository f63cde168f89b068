"""Deleting tracks, which can be taken back for a while. Their rows stay: what aired still has to be named."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import telling
from api.library.models import Track


async def delete(tx: AsyncSession, tracks: Collection[UUID], *, by: UUID | None, now: datetime) -> None:
    """Take tracks out of the library. Their originals stay where they are, their copies are tidied away.

    A file that a person dropped lies on, and is not taken in again.
    """
    gone = update(Track).where(Track.id == func.any(list(tracks)))
    await tx.execute(gone.values(state="removed", problem=None, deleted_at=now, deleted_by=by))
    await telling.removed(tx, tracks)


async def restore(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Bring deleted tracks back: their copies are made again."""
    back = update(Track).where(Track.id == func.any(list(tracks)))
    await tx.execute(back.values(state="waiting", problem=None, deleted_at=None, deleted_by=None))
    await telling.added(tx, tracks)
