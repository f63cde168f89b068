"""The job of the worker: one track from its original to its place in the library.

Whatever dies on the way, it is done again: by the job's rescue, or because `feeding` finds it waiting. Two that work
on the same track at once are in each other's way no further than that one of them works in vain.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from kit.bell import ring
from kit.db import Sessions
from procrastinate import App, JobContext, RetryStrategy
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving import making, outcomes, rules
from api.arriving.duplicates import in_words, same
from api.arriving.making import Made, Stage
from api.arriving.outcomes import Following
from api.arriving.scanning import Infected, Scan
from api.library import places, telling
from api.library.models import Track
from api.library.rules import KEPT_ONCE
from api.media.copies import DiskFull
from api.media.probe import NotPlayable
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
QUEUE = "library"
TASK = "prepare_track"
AGAIN = RetryStrategy(max_attempts=rules.ATTEMPTS, wait=2)


@dataclass(frozen=True)
class Preparer:
    """Prepares tracks, one call for each."""

    sessions: Sessions
    settings: Settings
    redis: Redis
    following: Following

    def register(self, app: App) -> None:
        """Let the worker of these jobs do it."""

        async def prepare_track(context: JobContext, track_id: str) -> None:
            with structlog.contextvars.bound_contextvars(track_id=track_id):
                await self.prepare(UUID(track_id), attempts=context.job.attempts)

        app.task(name=TASK, queue=QUEUE, pass_context=True, retry=AGAIN)(prepare_track)

    async def prepare(self, track_id: UUID, *, attempts: int = 0) -> None:
        """Bring a track that waits to its copy, or to its refusal; `attempts` were made before."""
        async with self.sessions() as tx:
            track = await tx.get(Track, track_id)
        if track is None or track.state != "waiting":
            return
        source = places.original(self.settings, track)
        try:
            if attempts >= rules.ATTEMPTS:
                raise NotPlayable("broken", rules.TRIED_TOO_OFTEN)
            takes_cover = outcomes.ARTWORK not in track.edited
            made = await making.make(source, track.id, self.settings, self._reached(track), takes_cover=takes_cover)
        except NotPlayable as error:
            await self._refuse(track, str(error))
        except Infected as error:
            await self._refuse(track, str(error), scan=error.scan)
        except (DiskFull, FileNotFoundError) as error:
            await self._put_off(track, str(error))
        else:
            try:
                await self._settle(track, made)
            except IntegrityError:
                # The same file came twice at once, and the other one was first.
                await self._settle(track, made)
        await self._clear(track, source)
        await ring(self.redis, OWNER)

    def _reached(self, track: Track) -> making.Reached:
        async def reached(stage: Stage) -> None:
            await self.following.reached(track, stage)

        return reached

    async def _settle(self, track: Track, made: Made) -> None:
        async with self.sessions.begin() as tx:
            now = await self._waiting(tx, track.id)
            if now is None:
                return
            if now.source in KEPT_ONCE and (known := await same(tx, made.sha256, besides=now.id)):
                await outcomes.refuse(tx, now, in_words(known), self.following)
            else:
                await outcomes.make_ready(tx, now, made, self.following)
                await telling.changed(tx, [now.id], outcomes.CHANGED)
        logger.info("track_prepared", path=track.path, source=track.source, state=now.state)

    async def _refuse(self, track: Track, problem: str, *, scan: Scan | None = None) -> None:
        async with self.sessions.begin() as tx:
            if now := await self._waiting(tx, track.id):
                await outcomes.refuse(tx, now, problem, self.following, scan=scan)
        logger.info("track_refused", path=track.path, source=track.source, problem=problem)

    async def _put_off(self, track: Track, problem: str) -> None:
        if track.problem == problem:
            return
        async with self.sessions.begin() as tx:
            if now := await self._waiting(tx, track.id):
                now.problem, now.checked_at = problem, datetime.now(UTC)
        logger.info("track_put_off", path=track.path, source=track.source, problem=problem)

    async def _waiting(self, tx: AsyncSession, track: UUID) -> Track | None:
        """The track, locked; None when somebody took it out meanwhile, or was faster."""
        now = await tx.get(Track, track, with_for_update=True)
        return now if now is not None and now.state == "waiting" else None

    async def _clear(self, track: Track, source: Path) -> None:
        """Nothing lies about that a track does not keep: no copy, and of a refused upload not even the original."""
        async with self.sessions() as tx:
            state = await tx.scalar(select(Track.state).where(Track.id == track.id))
        if rules.keeps_copy(state):
            return
        await asyncio.to_thread(places.copy(self.settings, track.id).unlink, missing_ok=True)
        if track.source == "upload" and state == "refused":
            await asyncio.to_thread(source.unlink, missing_ok=True)
