"""What nobody looked at when it came, because the scanner was away or not there yet, is looked at later."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select

from api.arriving import outcomes, scanning
from api.arriving.outcomes import Following
from api.arriving.scanning import NOT_SCANNED, Infected, Scan
from api.library import places, telling
from api.library.models import Track
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()


async def rescan(sessions: Sessions, settings: Settings, redis: Redis, following: Following) -> None:
    """Look at one track after the other while the scanner answers; what it knows is taken off the air."""
    last = UUID(int=0)
    while settings.clamav:
        unseen = select(Track).where(Track.state == "ready", Track.scan_status == "not_scanned", Track.id > last)
        mine = unseen.where(Track.scan_engine.is_(None), Track.source != "starter")
        async with sessions() as tx:
            track = await tx.scalar(mine.order_by(Track.id).limit(1))
        if track is None:
            return
        last = track.id
        original = places.original(settings, track)
        if not await asyncio.to_thread(original.is_file):
            continue
        try:
            scan = await scanning.look(settings.clamav, original)
        except Infected as error:
            await _refuse(sessions, settings, following, track.id, original, error)
            await ring(redis, OWNER)
            continue
        if scan == NOT_SCANNED:
            return
        await _note(sessions, track.id, scan)


async def _note(sessions: Sessions, track_id: UUID, scan: Scan) -> None:
    async with sessions.begin() as tx:
        track = await tx.get_one(Track, track_id, with_for_update=True)
        outcomes.scanned(track, scan, datetime.now(UTC))
        await telling.changed(tx, [track_id], ("scan_status",))


async def _refuse(
    sessions: Sessions, settings: Settings, following: Following, track_id: UUID, original: Path, error: Infected
) -> None:
    async with sessions.begin() as tx:
        track = await tx.get_one(Track, track_id, with_for_update=True)
        if track.state != "ready":
            return
        await outcomes.refuse(tx, track, str(error), following, scan=error.scan)
    logger.warning("track_infected", track_id=str(track_id), problem=str(error))
    await asyncio.to_thread(places.copy(settings, track_id).unlink, missing_ok=True)
    if track.source == "upload":
        await asyncio.to_thread(original.unlink, missing_ok=True)
