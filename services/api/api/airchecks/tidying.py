"""What is over goes: the trash, files that belong to nothing, titles that are chapters by now."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from kit.db import Sessions
from sqlalchemy import delete, or_, select

from api.airchecks import files, recordings
from api.airchecks.models import Aircheck
from api.live.models import LiveSession, SessionTitle
from api.settings import Settings

logger = structlog.get_logger()
EVERY = 600.0
GRACE = 900.0
"""Seconds for which a file that nobody knows is left alone: somebody may be hearing it to its end."""
STRANGE_AFTER = timedelta(days=7)
"""A recording of no session that is known is deleted after so long."""
TITLES_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Kept:
    """What an aircheck's folder may hold."""

    names: frozenset[str]
    being_made: bool


async def tidy(sessions: Sessions, settings: Settings) -> None:
    """Delete what is over."""
    now = datetime.now(UTC)
    await _empty_trash(sessions, settings, now)
    for root in (settings.airchecks_folder, settings.live_recordings_folder):
        await asyncio.to_thread(files.remove_rest, root)
    await _sweep(sessions, settings)
    await _forget_strangers(sessions, settings, now)
    async with sessions.begin() as tx:
        await tx.execute(delete(SessionTitle).where(SessionTitle.at < now - TITLES_KEPT))


async def _empty_trash(sessions: Sessions, settings: Settings, now: datetime) -> None:
    since = now - timedelta(days=settings.aircheck_trash_days)
    discarded = (Aircheck.state == "discarded") & (Aircheck.changed_at < since)
    async with sessions() as tx:
        over = (await tx.scalars(select(Aircheck).where(or_(Aircheck.deleted_at < since, discarded)))).all()
    for aircheck in over:
        # First what another aircheck would be made of, then the row; a folder without one is swept away.
        await asyncio.to_thread(files.remove, files.recording_of(settings, aircheck))
        async with sessions.begin() as tx:
            still = (Aircheck.id == aircheck.id) & or_(Aircheck.deleted_at < since, discarded)
            gone = (await tx.execute(delete(Aircheck).where(still).returning(Aircheck.id))).all()
        if gone:
            await asyncio.to_thread(files.remove, files.folder_of(settings, aircheck.id))
            logger.info("aircheck_forgotten", aircheck_id=str(aircheck.id), title=aircheck.title)


async def _sweep(sessions: Sessions, settings: Settings) -> None:
    """Files first, rows then: what appears meanwhile is not looked at."""
    found = await asyncio.to_thread(lambda: list(_folders(settings.airchecks_folder)))
    async with sessions() as tx:
        columns = (Aircheck.id, Aircheck.state, Aircheck.copy, Aircheck.original_bytes)
        kept = {row.id: _kept(row.state, row.copy, row.original_bytes) for row in await tx.execute(select(*columns))}
    await asyncio.to_thread(_delete_unknown, found, kept)


def _kept(state: str, copy: str | None, original_bytes: int | None) -> Kept:
    names = {copy, files.ORIGINAL if original_bytes is not None else None}
    return Kept(frozenset(name for name in names if name), state in ("finishing", "failed"))


def _folders(root: Path) -> Iterator[tuple[UUID, Path]]:
    for path in root.iterdir() if root.is_dir() else ():
        try:
            yield UUID(path.name), path
        except ValueError:
            continue


def _delete_unknown(found: list[tuple[UUID, Path]], kept: Mapping[UUID, Kept]) -> None:
    for aircheck_id, folder in found:
        known = kept.get(aircheck_id)
        if known is None:
            if _age(folder) > GRACE:
                files.remove(folder)
                logger.info("orphans_deleted", path=str(folder))
        elif not known.being_made:
            for path in folder.iterdir():
                if path.name not in known.names and _age(path) > GRACE:
                    path.unlink(missing_ok=True)


async def _forget_strangers(sessions: Sessions, settings: Settings, now: datetime) -> None:
    found = await asyncio.to_thread(lambda: list(recordings.find(settings.live_recordings_folder)))
    old = [one for one in found if now - one.changed_at > STRANGE_AFTER]
    if not old:
        return
    async with sessions() as tx:
        ids = [one.session_id for one in old]
        known = set((await tx.scalars(select(LiveSession.id).where(LiveSession.id.in_(ids)))).all())
    for one in old:
        if one.session_id not in known:
            logger.warning("strange_recording_deleted", path=str(one.folder))
            await asyncio.to_thread(files.remove, one.folder)


def _age(path: Path) -> float:
    """Seconds since it changed; 0 when it vanishes meanwhile."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
