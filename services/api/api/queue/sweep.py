"""Keeping requests and their files together: level-triggered, so that nothing which died on the way stays behind."""

import asyncio
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from kit import jobs
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.media import copies, covers
from api.queue import outcomes, queries
from api.queue.models import QueueItem
from api.queue.rules import PREPARING, RequestState
from api.queue.service import QUEUE, TASK
from api.queue.wanted import as_id
from api.ringing import OWNER
from api.settings import Settings
from api.uploads import discard

logger = structlog.get_logger()
GRACE = 900.0
"""Seconds for which a file that belongs to no request is left alone: it may be an upload whose request comes yet."""
KEPT = timedelta(days=365)
"""So long it is remembered who asked for what."""
ON_AIR: tuple[RequestState, ...] = (*PREPARING, "queued", "playing")
"""States in which the copy is needed, or being made."""

_ORPHANS = text(
    "SELECT item.id FROM api.queue_items item WHERE item.state IN ('fetching', 'ready') AND NOT EXISTS ("
    "SELECT FROM procrastinate_jobs job WHERE job.task_name = :task AND job.args->>'item_id' = item.id::text"
    " AND job.status IN ('todo', 'doing'))"
)


async def sweep(sessions: Sessions, settings: Settings, redis: Redis) -> None:
    """Have work done that was forgotten, fail what has lost its copy, delete what nobody needs."""
    await _defer_forgotten(sessions)
    if await _fail_lost(sessions, settings.requests_folder):
        await ring(redis, OWNER)
    await _delete_files(sessions, settings.requests_folder, needed=ON_AIR)
    await _delete_files(sessions, settings.incoming_folder, needed=PREPARING)
    await _forget(sessions, settings)


async def _defer_forgotten(sessions: Sessions) -> None:
    """A request that is being prepared has a job. A second one for the same would find it locked, and end."""
    async with sessions.begin() as tx:
        await queries.lock(tx)
        for item_id in (await tx.scalars(_ORPHANS, {"task": TASK})).all():
            logger.warning("request_taken_up_again", item_id=str(item_id))
            await jobs.defer(tx, TASK, queue=QUEUE, item_id=str(item_id))


async def _fail_lost(sessions: Sessions, folder: Path) -> bool:
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is away: nothing is failed for that.")
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        await queries.lock(tx)
        lost = [item for item in await queries.queued(tx) if not copies.path_of(folder, item.id).is_file()]
        for item in lost:
            logger.error("copy_lost", item_id=str(item.id))
            outcomes.give_up(item, "lost", None, now)
        if lost:
            await outcomes.tell(tx, now)
    return bool(lost)


async def _delete_files(sessions: Sessions, folder: Path, *, needed: Collection[RequestState]) -> None:
    """Delete what belongs to requests that no longer need it, and old files of none."""
    found = await asyncio.to_thread(lambda: list(_owned(folder)))
    if not found:
        return
    async with sessions.begin() as tx:
        states = await _states(tx, {owner for _, owner in found if owner})
    for path, owner in found:
        state = states.get(owner) if owner else None
        unneeded = _age(path) > GRACE if state is None else state not in needed
        if unneeded:
            logger.info("file_deleted", path=str(path), state=state)
            await asyncio.to_thread(_delete, path)


async def _states(tx: AsyncSession, ids: Collection[UUID]) -> dict[UUID, RequestState]:
    rows = await tx.execute(select(QueueItem.id, QueueItem.state).where(QueueItem.id.in_(ids)))
    return {row.id: row.state for row in rows}


async def _forget(sessions: Sessions, settings: Settings) -> None:
    async with sessions.begin() as tx:
        query = select(QueueItem).where(QueueItem.ended_at < datetime.now(UTC) - KEPT).limit(500)
        for item in await tx.scalars(query):
            covers.drop(settings.artwork_folder, item.id)
            await tx.delete(item)


def _owned(folder: Path) -> Iterator[tuple[Path, UUID | None]]:
    """What is in a folder, and the request that each name begins with; parts of copies begin with a dot."""
    for path in folder.iterdir():
        yield path, as_id(path.name.removeprefix(".")[:36])


def _age(path: Path) -> float:
    """Seconds since anything in it changed; 0 when it vanishes meanwhile."""
    try:
        changed = max(one.stat().st_mtime for one in (path, *path.rglob("*")))
    except FileNotFoundError:
        return 0
    return time.time() - changed


def _delete(path: Path) -> None:
    if path.is_dir():
        discard(path)
    else:
        path.unlink(missing_ok=True)
