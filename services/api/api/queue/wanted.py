"""What the requests' player should hold, for stream-control."""

from uuid import UUID

from kit.contracts.queues import NamedItem, WantedItem, WantedQueue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import naming
from api.library.models import Track
from api.queue import queries, shown
from api.queue.models import QueueItem


async def wanted(tx: AsyncSession) -> WantedQueue:
    """What has begun and what is queued, in order: an interrupted song goes on where it was."""
    items = [*await queries.playing(tx), *await queries.queued(tx)]
    return WantedQueue(playlist="user", random=False, items=tuple(_wanted(item) for item in items))


async def named(tx: AsyncSession, ids: list[str]) -> list[NamedItem]:
    """The names of those ids that are requests or tracks."""
    known = {found for one in ids if (found := as_id(one))}
    requests = await queries.known(tx, known)
    tracks = await tx.scalars(select(Track).where(Track.id.in_(known)))
    return [*(_named(item) for item in requests), *(naming.named(track) for track in tracks)]


def as_id(text: str) -> UUID | None:
    """An item's id, or None for a title that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _wanted(item: QueueItem) -> WantedItem:
    return WantedItem(**_named(item).model_dump(), path=f"requests/{item.id}.flac")


def _named(item: QueueItem) -> NamedItem:
    return NamedItem(
        id=str(item.id),
        title=item.title,
        artist=item.artist,
        length_seconds=item.length_seconds,
        artwork=shown.artwork(item),
    )
