"""Deleting tracks, which can be taken back for a while. Their rows stay: what aired still has to be named."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.library import telling
from api.library.models import Track
from api.library.rules import KEPT_ONCE, AlreadyHere


async def delete(tx: AsyncSession, tracks: Collection[UUID], *, by: UUID | None, now: datetime) -> None:
    """Take tracks out of the library. Their originals stay where they are, their copies are tidied away.

    A file that a person dropped lies on, and is not taken in again.
    """
    gone = update(Track).where(Track.id == func.any(list(tracks)))
    await tx.execute(gone.values(state="removed", problem=None, deleted_at=now, deleted_by=by))
    await telling.removed(tx, tracks)


async def restore(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Bring deleted tracks back: their copies are made anew. Raises `AlreadyHere` for one that came again meanwhile."""
    await _require_once(tx, tracks)
    back = update(Track).where(Track.id == func.any(list(tracks)))
    await tx.execute(back.values(state="waiting", problem=None, deleted_at=None, deleted_by=None))
    await telling.added(tx, tracks)


async def _require_once(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    again = aliased(Track)
    here = again.state.in_(("waiting", "ready")) & again.deleted_at.is_(None) & again.source.in_(KEPT_ONCE)
    same = (again.content_sha256 == Track.content_sha256) & (again.id != Track.id)
    mine = select(again.title).join(Track, same).where(here, Track.source.in_(KEPT_ONCE))
    found = (await tx.execute(mine.where(Track.id == func.any(list(tracks))).limit(1))).first()
    if found:
        raise AlreadyHere(f"The same file came again meanwhile, as “{found.title}”.")
