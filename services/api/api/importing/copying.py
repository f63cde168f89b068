"""On-air copies of imported tracks that were lost are made again."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from kit.db import Sessions
from sqlalchemy import func, select, update

from api.library import telling
from api.library.models import Track
from api.media import copies
from api.settings import Settings

BATCH = 1000


async def miss(sessions: Sessions, settings: Settings) -> None:
    """Have prepared again what should have a copy and has none; a thousand tracks at a time."""
    last = UUID(int=0)
    while True:
        ready = select(Track.id).where(Track.source == "import", Track.state == "ready", Track.missing_since.is_(None))
        async with sessions() as tx:
            some = (await tx.scalars(ready.where(Track.id > last).order_by(Track.id).limit(BATCH))).all()
        if not some:
            return
        last = some[-1]
        lost = await asyncio.to_thread(_without, settings, some)
        if lost:
            async with sessions.begin() as tx:
                again = update(Track).where(Track.id == func.any(lost), Track.state == "ready")
                await tx.execute(again.values(state="waiting"))
                await telling.changed(tx, lost, ("state",))


def _without(settings: Settings, tracks: Sequence[UUID]) -> list[UUID]:
    return [track for track in tracks if not copies.path_of(settings.programme_folder, track).is_file()]
