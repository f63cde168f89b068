"""Dropped files become the programme."""

import asyncio
import os
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from kit.db import Sessions
from sqlalchemy import select, update

from stream_control.programme import copies, rules
from stream_control.programme.copies import DiskFull
from stream_control.programme.items import Items
from stream_control.programme.models import ProgrammeFile
from stream_control.programme.probe import NotPlayable, Sound, probe
from stream_control.programme.rules import Folder, Found
from stream_control.programme.scan import scan
from stream_control.settings import Settings

logger = structlog.get_logger()


class Programme:
    """Keeps the on-air copies in step with the folders. `changed` is set whenever the programme is another one."""

    def __init__(self, settings: Settings, sessions: Sessions, items: Items, changed: asyncio.Event) -> None:
        self._settings = settings
        self._sessions = sessions
        self._items = items
        self._changed = changed
        self.waiting: dict[str, str] = {}
        """Files that could not be looked at yet, and why."""
        self._looked_at: set[Found] = set()

    async def step(self) -> None:
        """Look at both folders once, and make what copies are missing."""
        await self._items.load(self._sessions)
        self._changed.set()
        found = await asyncio.to_thread(self._scan)
        work = rules.compare(found, self._items.known or (), self._looked_at)
        if work.gone:
            await self._forget(work)
        self.waiting.clear()
        for file in work.look_at:
            await self._take(file)
        self._items.looked_through = True

    def _scan(self) -> list[Found]:
        return scan("fallback", self._settings.fallback_folder) + scan("starter", self._settings.starter_folder)

    def _root(self, folder: Folder) -> Path:
        return self._settings.fallback_folder if folder == "fallback" else self._settings.starter_folder

    async def _forget(self, work: rules.Work) -> None:
        async with self._sessions.begin() as tx:
            query = update(ProgrammeFile).where(ProgrammeFile.id.in_(work.gone))
            await tx.execute(query.values(state="gone", problem=None, artwork=False))
        await self._items.load(self._sessions)
        self._changed.set()
        # A player that is in the middle of one keeps it open to its end.
        for item in work.gone:
            copies.path_of(self._settings.copies_folder, item).unlink(missing_ok=True)
            self._cover(item).unlink(missing_ok=True)
        logger.info("programme_files_gone", count=len(work.gone))

    async def _take(self, file: Found) -> None:
        source = self._root(file.folder) / file.path
        row = await self._row(file)
        try:
            sound = await self._copy(source, row)
            row.state, row.problem = "ready", None
            row.title, row.artist = sound.title or source.stem, sound.artist
            row.length_seconds, row.loudness_lufs = sound.length_seconds, sound.loudness_lufs
        except NotPlayable as error:
            row.state, row.problem = "refused", str(error)
        except (DiskFull, FileNotFoundError) as error:
            self.waiting[file.path] = str(error)
            logger.warning("programme_file_waits", path=file.path, problem=str(error))
            return
        async with self._sessions.begin() as tx:
            await tx.merge(row)
        self._looked_at.add(file)
        await self._items.load(self._sessions)
        self._changed.set()
        logger.info("programme_file_taken", path=file.path, folder=file.folder, state=row.state, problem=row.problem)

    async def _row(self, file: Found) -> ProgrammeFile:
        same = select(ProgrammeFile).filter_by(
            folder=file.folder, path=file.path, size=file.size, changed_ns=file.changed_ns
        )
        async with self._sessions() as tx:
            known = await tx.scalar(same)
        return known or ProgrammeFile(
            id=uuid4(), folder=file.folder, path=file.path, size=file.size, changed_ns=file.changed_ns, artwork=False
        )

    async def _copy(self, source: Path, row: ProgrammeFile) -> Sound:
        if row.size == 0:
            raise NotPlayable("The file is empty.")
        if not source.exists():
            raise NotPlayable("It cannot be found: it was removed, or its name is not UTF-8; rename it.")
        if not os.access(source, os.R_OK):
            raise NotPlayable("The station may not read it; give it read permission.")
        settings = self._settings
        sound = await probe(source, longest_seconds=settings.programme_max_hours * 3600)
        copies.require_room(settings.copies_folder, seconds=sound.length_seconds, reserve_mb=settings.disk_reserve_mb)
        await copies.make(source, copies.path_of(settings.copies_folder, row.id), row.id, sound)
        row.artwork = sound.has_cover and await copies.take_cover(source, self._cover(row.id))
        return sound

    def _cover(self, item: UUID) -> Path:
        return self._settings.public_folder / "artwork" / f"{item}.jpg"
