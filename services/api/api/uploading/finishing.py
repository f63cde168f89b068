"""When all bytes are there an upload becomes a track that waits; it can be done again from any point."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving import duplicates, feeding
from api.arriving.making import Stage, digest_of
from api.library import telling
from api.library.models import Category, Track, TrackCategory
from api.media.names import safe_suffix, without_suffix
from api.settings import Settings
from api.uploading import storing
from api.uploading.models import Upload
from api.uploading.rules import RefusedFor
from api.uploads import discard

logger = structlog.get_logger()
BELL = "uploads"
"""Rung when an upload has come further."""


async def finish(sessions: Sessions, settings: Settings, redis: Redis, upload_id: UUID) -> None:
    """Make a track of an upload that is whole; nothing when it is not, or became one before."""
    async with sessions() as tx:
        upload = await tx.get(Upload, upload_id)
    if upload is None or upload.state != "receiving" or upload.received != upload.size:
        return
    content, original = storing.content_of(settings, upload_id), original_of(settings, upload)
    try:
        # A process that was killed may have moved it already.
        digest = await asyncio.to_thread(digest_of, content if content.exists() else original)
    except FileNotFoundError:
        await give_up(sessions, settings, upload_id, "expired", "The station has lost its bytes; send it again.")
        return
    try:
        await _become(sessions, upload_id, digest, content, original)
    except IntegrityError:
        # The same file came twice at once, and the other one was first.
        await _become(sessions, upload_id, digest, content, original)
    await asyncio.to_thread(discard, storing.folder_of(settings, upload_id))
    await ring(redis, BELL)


async def give_up(sessions: Sessions, settings: Settings, upload_id: UUID, reason: RefusedFor, problem: str) -> None:
    """An upload that is on its way comes no further; nothing of it is left but what is known."""
    async with sessions.begin() as tx:
        upload = await tx.get(Upload, upload_id, with_for_update=True)
        if upload is not None and upload.state == "receiving":
            refuse(upload, reason, problem)
    await asyncio.to_thread(discard, storing.folder_of(settings, upload_id))


async def reached(sessions: Sessions, redis: Redis, track: Track, stage: Stage) -> None:
    """A track has come so far, and so has the upload that it was."""
    if track.source != "upload":
        return
    async with sessions.begin() as tx:
        upload = await tx.get(Upload, track.id, with_for_update=True)
        if upload is None or upload.state not in ("waiting", "checking", "copying"):
            return
        upload.state = stage
    await ring(redis, BELL)


async def settled(tx: AsyncSession, track: Track) -> None:
    """In the transaction in which a track became ready, or was refused: so did the upload that it was."""
    upload = await tx.get(Upload, track.id, with_for_update=True) if track.source == "upload" else None
    if upload is None or upload.ended_at is not None:
        return
    if track.state == "refused":
        refuse(upload, "not_playable", track.problem or "")
    else:
        upload.state, upload.ended_at = "ready", datetime.now(UTC)


def original_of(settings: Settings, upload: Upload) -> Path:
    """Where the bytes of an upload are once it is a track."""
    return settings.library_folder / f"{upload.id}{safe_suffix(upload.name)}"


def refuse(upload: Upload, reason: RefusedFor, problem: str) -> None:
    """Mark it as not taken."""
    upload.state, upload.reason, upload.problem, upload.ended_at = "refused", reason, problem, datetime.now(UTC)


async def _become(sessions: Sessions, upload_id: UUID, digest: str, content: Path, original: Path) -> None:
    async with sessions.begin() as tx:
        upload = await tx.get(Upload, upload_id, with_for_update=True)
        if upload is None or upload.state != "receiving":
            return
        if upload.sha256 and upload.sha256 != digest:
            refuse(upload, "checksum", "It is not the file that was announced; send it again.")
        elif known := await duplicates.same(tx, digest):
            refuse(upload, "duplicate", duplicates.in_words(known))
            upload.track_id = known.id
        else:
            await _add(tx, upload, digest, content, original)
            logger.info("upload_whole", upload=str(upload_id), bytes=upload.size)
            return
        logger.info("upload_refused", upload=str(upload_id), reason=upload.reason)
    original.unlink(missing_ok=True)


async def _add(tx: AsyncSession, upload: Upload, digest: str, content: Path, original: Path) -> None:
    if content.exists():
        content.chmod(0o644)
        content.rename(original)
    track = Track(
        id=upload.id,
        source="upload",
        path=original.name,
        size=upload.size,
        changed_ns=original.stat().st_ctime_ns,
        state="waiting",
        kind=upload.kind,
        title=without_suffix(upload.name),
        tags=list(upload.tags),
        content_sha256=digest,
        created_by=upload.user_id,
    )
    tx.add(track)
    await tx.flush()
    # A category may have gone since.
    held = await tx.scalars(select(Category.id).where(Category.id.in_(upload.categories)))
    tx.add_all(TrackCategory(track_id=track.id, category_id=one) for one in held.all())
    upload.state, upload.track_id = "waiting", track.id
    await feeding.ask(tx, track.id, "upload")
    await telling.added(tx, [track.id])
