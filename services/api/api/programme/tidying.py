"""What lies in the media folders without being needed. Originals are never touched."""

import asyncio
import shutil
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from kit.db import Sessions
from sqlalchemy import select

from api.arriving.rules import keeps_copy
from api.library.models import Track
from api.library.rules import TrackState
from api.media import copies, covers
from api.settings import Settings

INCOMING = ".incoming-"
"""Begins the names of the folders, inside the library's, that hold what is on its way in."""
ABANDONED_AFTER = 24 * 3600
"""Seconds after which an upload that died with its process is thrown away: no upload takes that long."""
ORPHAN_AFTER = 3600.0
"""Seconds for which a copy may be without a track: one is made before its track is."""
LATELY = timedelta(days=1)
BATCH = 1000


async def tidy(settings: Settings, sessions: Sessions, *, everything: bool) -> None:
    """Delete copies of tracks that do not keep them, and covers of those that are gone; with `everything` look at each
    file that is there.

    A song that plays is played to its end: its player keeps the file open.
    """
    await asyncio.to_thread(_delete, settings, await _lately_out(sessions))
    if not everything:
        return
    for folder in (settings.programme_folder, settings.artwork_folder):
        items = [(path, _item(path)) for path in await asyncio.to_thread(_files, folder)]
        for begin in range(0, len(items), BATCH):
            await _look_at(settings, sessions, items[begin : begin + BATCH])
    await asyncio.to_thread(_forget_abandoned, settings.library_folder)


async def _lately_out(sessions: Sessions) -> Mapping[UUID, TrackState]:
    columns, out = (Track.id, Track.state), Track.state.in_(("gone", "removed", "refused"))
    async with sessions() as tx:
        rows = await tx.execute(select(*columns).where(out, Track.updated_at > datetime.now(UTC) - LATELY))
        return {row.id: row.state for row in rows}


async def _look_at(settings: Settings, sessions: Sessions, files: Collection[tuple[Path, UUID | None]]) -> None:
    ids = {item for _, item in files if item}
    async with sessions() as tx:
        rows = await tx.execute(select(Track.id, Track.state).where(Track.id.in_(ids)))
        states = {row.id: row.state for row in rows}
    for path, item in files:
        state = states.get(item) if item else None
        if path.parent == settings.artwork_folder:
            # Requests keep their covers here as well: what is unknown is not ours.
            unneeded = state == "gone"
        else:
            unneeded = not keeps_copy(state) if state else _age(path) > ORPHAN_AFTER
        if unneeded:
            path.unlink(missing_ok=True)


def _delete(settings: Settings, items: Mapping[UUID, TrackState]) -> None:
    for item, state in items.items():
        copies.path_of(settings.programme_folder, item).unlink(missing_ok=True)
        if state == "gone":
            covers.drop(settings.artwork_folder, item)


def _forget_abandoned(library: Path) -> None:
    for folder in library.glob(f"{INCOMING}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > ABANDONED_AFTER:
                shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _age(path: Path) -> float:
    """Seconds since it changed; 0 when it vanishes meanwhile."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _item(path: Path) -> UUID | None:
    try:
        # What follows the id is a size.
        return UUID(path.stem[:36])
    except ValueError:
        return None
