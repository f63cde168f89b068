"""Work that waits becomes jobs, a few hundred at a time: what is one already is left alone, what was lost is found."""

from collections.abc import Sequence
from uuid import UUID

from kit import jobs
from kit.db import Sessions
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving.preparing import QUEUE, TASK
from api.library.models import Track

MOST_JOBS = 300
"""Jobs of one kind that there are at once: the next ones are made when these are done."""
PRIORITIES = {"upload": 20, "starter": 10, "folder": 10, "import": 0}
"""Somebody waits for an upload, and the air may for the programme."""
_LOCK = 7_203_181

_BUSY = text("SELECT args->>:name FROM procrastinate_jobs WHERE task_name = :task AND status IN ('todo', 'doing')")


async def feed(sessions: Sessions) -> None:
    """Make jobs of tracks that wait and have none."""
    async with sessions.begin() as tx:
        room, busy = await room_for(tx, TASK, "track_id")
        if room <= 0:
            return
        order = (Track.problem.is_not(None), Track.source != "upload", Track.source, Track.path)
        waiting = select(Track.id, Track.source).where(Track.state == "waiting", Track.id.not_in(map(UUID, busy)))
        for row in (await tx.execute(waiting.order_by(*order).limit(room))).all():
            await ask(tx, row.id, row.source)


async def ask(tx: AsyncSession, track: UUID, source: str) -> None:
    """Have a track prepared, once this transaction is committed."""
    await jobs.defer(tx, TASK, queue=QUEUE, priority=PRIORITIES[source], track_id=str(track))


async def room_for(tx: AsyncSession, task: str, name: str) -> tuple[int, Sequence[str]]:
    """How many more jobs of a kind there may be, and what those that there are work on (their argument `name`).

    Until this transaction ends nobody else asks.
    """
    await tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    busy = (await tx.scalars(_BUSY, {"task": task, "name": name})).all()
    return MOST_JOBS - len(busy), busy
