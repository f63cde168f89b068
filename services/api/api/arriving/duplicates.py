"""The same file is in the library once: by its content, whatever it is called."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.models import Track
from api.library.rules import KEPT_ONCE


async def same(tx: AsyncSession, sha256: str, *, besides: UUID | None = None) -> Track | None:
    """A track of the library with this content."""
    here = Track.state.in_(("ready", "waiting")) & Track.deleted_at.is_(None) & (Track.source != "starter")
    query = select(Track).where(Track.content_sha256 == sha256, here)
    if besides:
        query = query.where(Track.id != besides)
    # What must be there once goes first: another of the same is no reason to refuse it.
    return await tx.scalar(query.order_by(Track.source.not_in(KEPT_ONCE), Track.created_at).limit(1))


def in_words(track: Track) -> str:
    """Why a file is refused that is there already."""
    return f"It is the same file as “{track.title or track.path}”, which is in the library."
