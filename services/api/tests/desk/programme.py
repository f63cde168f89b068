"""What is known of a station's programme, and uploads as the service leaves them."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from api.library.models import Track
from api.programme import queries
from api.settings import Settings
from kit.db import Sessions

from desk.sounds import sound_file

Rows = Callable[[], Awaitable[dict[str, Track]]]
Playing = Callable[[], Awaitable[list[str | None]]]


def copies_of(settings: Settings) -> list[str]:
    """The items that have an on-air copy."""
    return sorted(path.stem for path in settings.programme_folder.iterdir())


async def upload(settings: Settings, sessions: Sessions) -> Track:
    """An upload to the programme that waits to be prepared."""
    item = uuid4()
    path = sound_file(settings.library_folder / f"{item}.flac")
    track = Track(id=item, source="upload", path=path.name, size=1, changed_ns=1, state="waiting", title="Sent")
    async with sessions.begin() as tx:
        tx.add(track)
        await tx.flush()
        await queries.append(tx, [item])
    return track
