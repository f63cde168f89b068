"""Uploads that nobody ends: what is whole becomes a track, what came to nothing is thrown away."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import delete, func, select

from api.settings import Settings
from api.uploading import finishing, storing
from api.uploading.models import Upload
from api.uploading.storing import Busy
from api.uploads import discard

logger = structlog.get_logger()
KEPT = timedelta(days=7)
"""So long it is remembered what became of an upload."""
GRACE = 3600.0
"""Seconds for which a folder that belongs to no upload is left alone: its row may be on its way."""
AT_ONCE = 200


async def sweep(sessions: Sessions, settings: Settings, redis: Redis) -> None:
    """Finish, end and forget."""
    now = datetime.now(UTC)
    async with sessions() as tx:
        receiving = select(Upload.id).where(Upload.state == "receiving")
        whole = (await tx.scalars(receiving.where(Upload.received == Upload.size).limit(AT_ONCE))).all()
        late = (await tx.scalars(receiving.where(Upload.expires_at < now).limit(AT_ONCE))).all()
    for upload in whole:
        await finishing.finish(sessions, settings, redis, upload)
    for upload in set(late) - set(whole):
        await _expire(sessions, settings, upload)
    async with sessions.begin() as tx:
        await tx.execute(delete(Upload).where(Upload.ended_at < now - KEPT))
    await _clear(sessions, settings)


async def _expire(sessions: Sessions, settings: Settings, upload: UUID) -> None:
    content = storing.content_of(settings, upload)
    with suppress(Busy):
        if content.exists():
            async with storing.alone(content):
                pass
        hours = settings.upload_hours
        await finishing.give_up(sessions, settings, upload, "expired", f"It was not whole after {hours} hours.")
        logger.info("upload_expired", upload=str(upload))


async def _clear(sessions: Sessions, settings: Settings) -> None:
    """Delete folders of uploads that nobody knows, or that have ended."""
    found = await asyncio.to_thread(lambda: list(_old(settings.uploads_folder)))
    async with sessions() as tx:
        ids = [owner for _, owner in found if owner]
        query = select(Upload.id).where(Upload.id == func.any(ids), Upload.state == "receiving")
        coming = set(await tx.scalars(query))
    for folder, owner in found:
        if owner not in coming:
            await asyncio.to_thread(discard, folder)


def _old(folder: Path) -> Iterator[tuple[Path, UUID | None]]:
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > GRACE:
                try:
                    yield path, UUID(path.name)
                except ValueError:
                    yield path, None
