"""Looking through the whole folder: in batches, in bounded memory, over and over without doing anything twice."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.importing import rules, walking
from api.importing.models import ImportFile, ImportRun
from api.importing.rules import Found, Known
from api.library import telling
from api.library.models import Track
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
BATCH = 500


async def look(sessions: Sessions, settings: Settings, redis: Redis, run_id: int) -> None:
    """Bring what is known into step with the folder; ends the run unless a file is still on its way in."""
    root = settings.imports_folder
    if problem := await _away(sessions, settings):
        await _fail(sessions, run_id, problem)
        return
    async with sessions.begin() as tx:
        await tx.execute(update(ImportRun).where(ImportRun.id == run_id).values(found=0))
    unsettled, files = 0, walking.walk(root)
    while batch := await asyncio.to_thread(_some, files):
        found = [one for one in batch if one]
        unsettled += len(batch) - len(found)
        await _note(sessions, run_id, found)
    if unsettled == 0:
        await _end(sessions, run_id)
    await ring(redis, OWNER)


def _some(files: Iterator[Found | None]) -> list[Found | None]:
    return list(islice(files, BATCH))


async def _away(sessions: Sessions, settings: Settings) -> str | None:
    """Why nothing can be said: a disk that is not mounted must not make a library of missing files."""
    root = settings.imports_folder
    if not root.is_dir():
        return f"{root} is not there."
    if next(root.iterdir(), None) is None:
        async with sessions() as tx:
            known = await tx.scalar(select(ImportFile.path).where(ImportFile.state == "imported").limit(1))
        if known is not None:
            return f"{root} is empty; is its disk mounted? Nothing is called missing for that."
    return None


async def _fail(sessions: Sessions, run_id: int, problem: str) -> None:
    async with sessions.begin() as tx:
        failed = {"state": "failed", "problem": problem, "ended_at": datetime.now(UTC)}
        await tx.execute(update(ImportRun).where(ImportRun.id == run_id).values(failed))
    logger.warning("import_failed", run=run_id, problem=problem)


async def _note(sessions: Sessions, run_id: int, found: Sequence[Found]) -> None:
    async with sessions.begin() as tx:
        query = select(ImportFile).where(ImportFile.path == func.any([one.path for one in found]))
        rows = {row.path: row for row in await tx.scalars(query.order_by(ImportFile.path).with_for_update())}
        run = await tx.get_one(ImportRun, run_id, with_for_update=True)
        returned: list[UUID] = []
        for one in found:
            row = rows.get(one.path)
            news = rules.news_of(one, _known(row) if row else None)
            run.found += 1
            run.new += news == "new"
            run.changed += news in ("changed", "again")
            if row and news == "returned":
                run.returned += 1
                _return(row, returned)
            elif row and news != "same":
                _look_again(row, one)
            if row:
                row.seen = run_id
        new = [_row(one, run_id) for one in found if one.path not in rows]
        if new:
            await tx.execute(insert(ImportFile), new)
        await _set_missing(tx, returned, since=None)


def _known(row: ImportFile) -> Known:
    return Known(row.size, row.changed_ns, row.state, row.checked_at)


def _row(one: Found, run_id: int) -> dict[str, object]:
    state = "refused" if one.problem else "waiting"
    return {
        "path": one.path, "size": one.size, "changed_ns": one.changed_ns, "state": state, "problem": one.problem,
        "seen": run_id,
    }  # fmt: skip


def _look_again(row: ImportFile, one: Found) -> None:
    row.size, row.changed_ns, row.missing_since, row.same_as = one.size, one.changed_ns, None, None
    row.state, row.problem = ("refused", one.problem) if one.problem else ("waiting", None)


def _return(row: ImportFile, returned: list[UUID]) -> None:
    """The same file is back: it is the same track, and its copy was never gone."""
    row.state, row.missing_since = ("imported" if row.track_id else "waiting"), None
    if row.track_id:
        returned.append(row.track_id)


async def _end(sessions: Sessions, run_id: int) -> None:
    while await _lose_some(sessions, run_id):
        pass
    async with sessions.begin() as tx:
        run = await tx.get_one(ImportRun, run_id, with_for_update=True)
        run.state, run.ended_at = "done", datetime.now(UTC)
    logger.info(
        "import_looked", run=run_id, found=run.found, new=run.new, changed=run.changed, missing=run.missing,
        returned=run.returned,
    )  # fmt: skip


async def _lose_some(sessions: Sessions, run_id: int) -> bool:
    """Files that this look did not find: tracks are missing from now on, and of others nothing is left to be known."""
    async with sessions.begin() as tx:
        lost = select(ImportFile).where(ImportFile.seen < run_id, ImportFile.state != "missing")
        rows = (await tx.scalars(lost.order_by(ImportFile.path).limit(BATCH).with_for_update())).all()
        gone = [row.path for row in rows if row.track_id is None]
        tracks = [row.track_id for row in rows if row.track_id]
        now = datetime.now(UTC)
        for row in rows:
            if row.track_id:
                row.state, row.problem, row.missing_since = "missing", None, now
        await tx.flush()
        await tx.execute(delete(ImportFile).where(ImportFile.path == func.any(gone)))
        # Another file of the same content may take the place of one that is missing.
        instead = update(ImportFile).where(ImportFile.same_as == func.any(tracks), ImportFile.state == "refused")
        await tx.execute(instead.values(state="waiting", problem=None, same_as=None))
        mine = update(ImportRun).where(ImportRun.id == run_id)
        await tx.execute(mine.values(missing=ImportRun.missing + len(tracks)))
        await _set_missing(tx, tracks, since=now)
        return bool(rows)


async def _set_missing(tx: AsyncSession, tracks: Collection[UUID], *, since: datetime | None) -> None:
    if tracks:
        some = update(Track).where(Track.id == func.any(list(tracks)))
        await tx.execute(some.values(missing_since=since))
        await telling.changed(tx, tracks, ("missing_since",))
