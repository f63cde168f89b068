"""Files become the programme: those that a person drops, those that were uploaded, and the composed pieces."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select, update

from api.alone import alone
from api.library import places, telling
from api.library.models import Track
from api.media import copies, covers
from api.media.copies import DiskFull
from api.media.probe import NotPlayable, probe
from api.programme import queries, rules, tidying
from api.programme.rules import Found, Known, Work
from api.programme.scan import scan
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
BELL = "programme"
"""Rung when there is something to prepare."""
SHORTEST_SECONDS = 0.5
PREPARED = ("artist", "artwork", "length_seconds", "loudness_lufs", "state", "title")
"""What may be new of a track that was looked at."""
_LOCK = 7_203_119


class Programme:
    """Keeps tracks, playlist and on-air copies in step with the folders. Everything it must remember is in the rows."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        self._settings = settings
        self._sessions = sessions
        self._redis = redis
        self._looked_at: set[UUID] = set()
        """Tracks refused by this process. Those that an earlier one refused are tried once more: what was wrong may
        have been the machine's fault."""
        self.looked_through = False
        """Whether this process has looked at every file at least once."""

    async def step(self) -> None:
        """Look at all folders once, and prepare what waits. Only one worker does it at a time."""
        async with alone(self._sessions, _LOCK) as mine:
            if not mine:
                return
            await self._follow_folders()
            put_off: set[UUID] = set()
            while track := await self._next(put_off):
                await self._prepare(track, put_off)
            self.looked_through = True
            await self._tidy(orphans=True)

    async def _follow_folders(self) -> None:
        found, made = await asyncio.to_thread(self._look)
        async with self._sessions() as tx:
            rows = list(await tx.scalars(select(Track)))
        known = [Known(row.id, Found(row.source, row.path, row.size, row.changed_ns), row.state) for row in rows]
        uploads = await asyncio.to_thread(self._uploads_that_are_there, known)
        work = rules.compare([*found, *uploads], known, made)
        if work != Work((), (), ()):
            await self._note(work)
        if work.gone:
            logger.info("tracks_gone", count=len(work.gone))
            await ring(self._redis, OWNER)
        await self._tidy(orphans=False)

    def _look(self) -> tuple[list[Found], set[UUID]]:
        settings = self._settings
        # What is composed appears whole, and somebody may be waiting for the first piece.
        starters = scan("starter", settings.starter_folder, settled_after=0)
        return scan("folder", settings.fallback_folder) + starters, tidying.items_in(settings.programme_folder)

    def _uploads_that_are_there(self, known: list[Known]) -> list[Found]:
        """An upload is known by its name alone: nobody else writes into the library's folder."""
        uploads = [one.found for one in known if one.found.source == "upload"]
        return [one for one in uploads if (self._settings.library_folder / one.path).is_file()]

    async def _note(self, work: Work) -> None:
        async with self._sessions.begin() as tx:
            if work.gone:
                gone = update(Track).where(Track.id.in_(work.gone))
                await tx.execute(gone.values(state="gone", problem=None, artwork=False))
                await queries.strike(tx, work.gone)
            await tx.execute(update(Track).where(Track.id.in_(work.again)).values(state="waiting", problem=None))
            new = [
                Track(
                    id=uuid4(), source=one.source, path=one.path, size=one.size, changed_ns=one.changed_ns,
                    state="waiting",
                )
                for one in work.new
            ]  # fmt: skip
            tx.add_all(new)
            await telling.removed(tx, work.gone)
            await telling.added(tx, [*work.again, *(track.id for track in new)])
            if work.gone:
                await queries.told_changed(tx)

    async def _next(self, put_off: set[UUID]) -> Track | None:
        async with self._sessions() as tx:
            return await queries.next_to_prepare(tx, done=self._looked_at, put_off=put_off)

    async def _prepare(self, track: Track, put_off: set[UUID]) -> None:
        try:
            await self._copy(track)
            track.state, track.problem = "ready", None
        except NotPlayable as error:
            track.state, track.problem = "refused", str(error)
            self._looked_at.add(track.id)
        except (DiskFull, FileNotFoundError) as error:
            put_off.add(track.id)
            if track.problem == str(error):
                return
            track.state, track.problem = "waiting", str(error)
        track.checked_at = datetime.now(UTC)
        await self._save(track)
        await ring(self._redis, OWNER)
        logger.info("track_prepared", path=track.path, source=track.source, state=track.state, problem=track.problem)

    async def _save(self, track: Track) -> None:
        async with self._sessions.begin() as tx:
            now = await tx.get(Track, track.id, with_for_update=True)
            if now is None or now.state not in ("waiting", "refused"):
                return  # staff took it out meanwhile; its copy is tidied away
            for name in ("problem", "checked_at", *PREPARED):
                if name not in now.edited:
                    setattr(now, name, getattr(track, name))
            if track.state == "ready" and track.source != "starter":
                await queries.append(tx, track.id)
            await telling.changed(tx, [track.id], PREPARED)
            if track.state == "ready":
                await queries.told_changed(tx)

    async def _copy(self, track: Track) -> None:
        settings, source = self._settings, places.original(self._settings, track)
        await asyncio.to_thread(_require_readable, source, track.size)
        longest = settings.programme_max_hours * 3600
        sound = await probe(source, shortest_seconds=SHORTEST_SECONDS, longest_seconds=longest)
        copies.require_room(
            settings.programme_folder, seconds=sound.length_seconds, reserve_mb=settings.disk_reserve_mb
        )
        target = copies.path_of(settings.programme_folder, track.id)
        track.length_seconds = await copies.make(source, target, track.id, sound)
        track.loudness_lufs = sound.loudness_lufs
        track.title, track.artist = sound.tags.title or track.title or source.stem, sound.tags.artist
        if "artwork" not in track.edited:
            track.artwork = sound.has_cover and await covers.take(source, settings.artwork_folder, track.id)

    async def _tidy(self, *, orphans: bool) -> None:
        async with self._sessions() as tx:
            states = {row.id: row.state for row in await tx.execute(select(Track.id, Track.state))}
        await asyncio.to_thread(tidying.tidy, self._settings, states, orphans=orphans)


def _require_readable(source: Path, size: int) -> None:
    if size == 0:
        raise NotPlayable("broken", "The file is empty.")
    if not source.exists():
        raise NotPlayable("broken", "It cannot be found: it was removed, or its name is not UTF-8; rename it.")
    if not os.access(source, os.R_OK):
        raise NotPlayable("broken", "The station may not read it; give it read permission.")
