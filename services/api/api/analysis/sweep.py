"""Keeping analyses going: level-triggered, so that no track is forgotten, whoever died or came by another way."""

import asyncio
from datetime import UTC, datetime

import structlog
from kit import jobs
from kit.db import Sessions
from sqlalchemy import select, text, update

from api.analysis import waveforms
from api.analysis.analyst import QUEUE, TASK
from api.analysis.models import Analysis
from api.library.models import Track
from api.settings import Settings

logger = structlog.get_logger()
MOST_JOBS = 20
"""So many orders are given to the worker at once: what is asked for later, and is more urgent, overtakes the rest."""
_LOCK = 7_203_187

_ORDER_NEW = text(
    "INSERT INTO api.track_analyses (track_id, state, attempts, priority)"
    " SELECT track.id, 'waiting', 0, 0 FROM api.tracks track WHERE track.state = 'ready' AND NOT track.waveform"
    " AND track.deleted_at IS NULL"
    " AND NOT EXISTS (SELECT FROM api.track_analyses analysis WHERE analysis.track_id = track.id)"
    " ORDER BY track.created_at LIMIT :most ON CONFLICT DO NOTHING"
)
_JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = :queue AND status IN ('todo', 'doing')")
_WITHOUT_JOB = text(
    "SELECT analysis.track_id, analysis.priority FROM api.track_analyses analysis"
    " JOIN api.tracks track ON track.id = analysis.track_id AND track.state = 'ready' AND track.deleted_at IS NULL"
    " WHERE analysis.state = 'waiting' AND NOT EXISTS (SELECT FROM procrastinate_jobs job WHERE job.task_name = :task"
    " AND job.args->>'track_id' = analysis.track_id::text AND job.status IN ('todo', 'doing'))"
    " ORDER BY analysis.priority DESC, analysis.requested_at, analysis.track_id LIMIT :most"
)


async def sweep(sessions: Sessions) -> None:
    """Order what nobody ordered, take up what was left, and give the worker what goes next."""
    async with sessions.begin() as tx:
        await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await tx.execute(_ORDER_NEW, {"most": MOST_JOBS})
        left = (Analysis.state == "running") & (Analysis.lease_until < datetime.now(UTC))
        await tx.execute(update(Analysis).where(left).values(state="waiting", lease_until=None))
        room = MOST_JOBS - (await tx.scalar(_JOBS, {"queue": QUEUE}) or 0)
        waiting = (await tx.execute(_WITHOUT_JOB, {"task": TASK, "most": max(0, room)})).all()
        for row in waiting:
            await jobs.defer(tx, TASK, queue=QUEUE, priority=row.priority, track_id=str(row.track_id))


async def delete_waveforms(sessions: Sessions, settings: Settings) -> None:
    """Delete the waveforms of tracks that are no more."""
    async with sessions() as tx:
        known = set(await tx.scalars(select(Track.id).where(Track.waveform)))
    if deleted := await asyncio.to_thread(waveforms.delete_others, settings, known):
        logger.info("waveforms_deleted", count=deleted)
