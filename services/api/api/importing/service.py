"""The imports' folder as staff sees it, and the worker's loop that follows it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kit import jobs
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.alone import alone
from api.arriving.feeding import PRIORITIES, room_for
from api.arriving.preparing import QUEUE
from api.importing import copying, looking, rules
from api.importing.bringing import TASK
from api.importing.models import ImportFile, ImportRun
from api.importing.rules import FileState
from api.importing.schemas import FileShown, FilesListed, ImportShown, RunShown
from api.settings import Settings

BELL = "imports"
"""Rung when somebody wants the folder looked through."""
_LOCK = 7_203_182


class Importer:
    """Follows the folder. Everything it must remember is in the rows."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        self._settings = settings
        self._sessions = sessions
        self._redis = redis

    async def step(self) -> None:
        """Look through the folder if it is time or somebody asked, and have brought in what waits."""
        async with alone(self._sessions, _LOCK) as mine:
            if not mine:
                return
            run = await self._open_run()
            if run is not None:
                await looking.look(self._sessions, self._settings, self._redis, run)
                await copying.miss(self._sessions, self._settings)
            await feed(self._sessions)

    async def _open_run(self) -> int | None:
        """The look that was asked for, or that a killed process began, or that is due."""
        async with self._sessions.begin() as tx:
            run = await _looking(tx)
            if run is not None:
                return run.id
            last = await tx.scalar(select(func.max(ImportRun.created_at)))
            if rules.is_due(datetime.now(UTC), last, self._settings.import_at):
                return (await _begin(tx, "nightly", None)).id
            return None


async def feed(sessions: Sessions) -> None:
    """Make jobs of files that wait and have none."""
    async with sessions.begin() as tx:
        room, busy = await room_for(tx, TASK, "path")
        waiting = select(ImportFile.path).where(ImportFile.state == "waiting", ImportFile.path.not_in(busy))
        for path in (await tx.scalars(waiting.order_by(ImportFile.path).limit(max(room, 0)))).all():
            await jobs.defer(tx, TASK, queue=QUEUE, priority=PRIORITIES["import"], path=path)


async def ask(tx: AsyncSession, caller: Caller) -> ImportShown:
    """Have the folder looked through; one look at a time."""
    if await _looking(tx) is None:
        await _begin(tx, "person", caller.id)
    return await show(tx)


async def show(tx: AsyncSession) -> ImportShown:
    """The last look, and how many files there are in each state."""
    run = await tx.scalar(select(ImportRun).order_by(ImportRun.id.desc()).limit(1))
    counted = await tx.execute(select(ImportFile.state, func.count().label("files")).group_by(ImportFile.state))
    return ImportShown(run=RunShown.model_validate(run) if run else None, **{row.state: row.files for row in counted})


async def files(
    tx: AsyncSession, *, state: FileState | None, missing_days: int | None, after: str | None, limit: int
) -> FilesListed:
    """A page of the folder's files by path; of the missing ones only those that are away for so many days."""
    query = select(ImportFile).order_by(ImportFile.path).limit(limit + 1)
    if state:
        query = query.where(ImportFile.state == state)
    if missing_days is not None:
        query = query.where(ImportFile.missing_since < datetime.now(UTC) - timedelta(days=missing_days))
    if after is not None:
        query = query.where(ImportFile.path > after)
    found: Sequence[ImportFile] = (await tx.scalars(query)).all()
    items = [FileShown.model_validate(one) for one in found[:limit]]
    return FilesListed(items=items, next=items[-1].path if len(found) > limit else None)


async def _looking(tx: AsyncSession) -> ImportRun | None:
    return await tx.scalar(select(ImportRun).where(ImportRun.state == "looking"))


async def _begin(tx: AsyncSession, cause: rules.RunCause, user: UUID | None) -> ImportRun:
    # Two that ask at once get the same look.
    new = insert(ImportRun).values(state="looking", cause=cause, user_id=user).on_conflict_do_nothing()
    await tx.execute(new)
    return (await tx.scalars(select(ImportRun).where(ImportRun.state == "looking"))).one()
