"""Requests as they are shown."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from api.accounts.caller import Caller
from api.library.naming import artwork_address
from api.queue.models import QueueItem
from api.queue.schemas import QueueEntry, RequestShown


def entry(
    item: QueueItem, caller: Caller | None, *, position: int | None = None, expected_at: datetime | None = None
) -> QueueEntry:
    """A request as everybody may see it: nothing in it tells who asked."""
    return QueueEntry(
        id=item.id,
        state=item.state,
        position=position,
        title=item.title,
        artist=item.artist,
        length_seconds=item.length_seconds,
        artwork=artwork(item),
        progress=item.progress,
        started_at=item.started_at,
        expected_at=expected_at,
        mine=caller is not None and is_mine(item, caller),
    )


def request(item: QueueItem, places: Mapping[UUID, int]) -> RequestShown:
    """A request as its owner sees it."""
    return RequestShown(
        id=item.id,
        source=item.source,
        url=item.url,
        file_name=item.file_name,
        track_id=item.track_id,
        state=item.state,
        progress=item.progress,
        reason=item.reason,
        problem=item.problem,
        title=item.title,
        artist=item.artist,
        length_seconds=item.length_seconds,
        artwork=artwork(item),
        position=places.get(item.id),
        created_at=item.created_at,
        queued_at=item.queued_at,
        started_at=item.started_at,
        ended_at=item.ended_at,
    )


def artwork(item: QueueItem) -> str | None:
    """The cover's address behind the front door; a library track's is the track's."""
    return artwork_address(item.track_id or item.id, has_artwork=item.artwork)


def is_mine(item: QueueItem, caller: Caller) -> bool:
    """Whether the caller asked for it; the station's are those that belong to nobody."""
    return (item.user_id or item.guest_id) == caller.id
