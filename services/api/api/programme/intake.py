"""The programme keeps in step with its folders: what a person drops, what was uploaded, and the composed pieces.

What is new waits, and becomes a job (`api.arriving`). Everything that must be remembered is in the rows.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.alone import alone
from api.arriving import feeding
from api.library import places, telling
from api.library.models import Track
from api.library.rules import TrackSource
from api.programme import queries, rules, tidying
from api.programme.rules import Found, Known, Work
from api.programme.scan import scan
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
BELL = "programme"
"""Rung when there is something to prepare."""
WATCHED: tuple[TrackSource, ...] = ("folder", "starter")
"""Sources whose folders are looked through each time."""
UPLOADED: tuple[TrackSource, ...] = ("upload",)
VERIFY_EVERY = 3600.0
"""Seconds between two looks at whether each upload and each copy is still there."""
_LOCK = 7_203_119


class Programme:
    """Keeps tracks and playlist in step with the folders."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        self._settings = settings
        self._sessions = sessions
        self._redis = redis
        self._verified: float | None = None
        self.looked_through = False
        """Whether this process has looked at every file at least once."""

    async def step(self) -> None:
        """Look at all folders once, and have prepared what waits. Only one worker does it at a time."""
        async with alone(self._sessions, _LOCK) as mine:
            if not mine:
                return
            if not self.looked_through:
                await self._try_again()
            everything = self._verified is None or time.monotonic() - self._verified >= VERIFY_EVERY
            await self._follow_folders(everything=everything)
            await feeding.feed(self._sessions)
            await tidying.tidy(self._settings, self._sessions, everything=everything)
            if everything:
                self._verified = time.monotonic()
            self.looked_through = True

    async def _try_again(self) -> None:
        """What an earlier process refused is tried once more: it may have been the machine's fault."""
        async with self._sessions.begin() as tx:
            refused = update(Track).where(Track.state == "refused", Track.source.in_(WATCHED))
            again = refused.values(state="waiting", problem=None).returning(Track.id)
            tracks = (await tx.scalars(again)).all()
            await self._append(tx, tracks)
            await telling.changed(tx, tracks, ("state", "problem"))

    async def _follow_folders(self, *, everything: bool) -> None:
        watched = await self._known(WATCHED)
        uploads = await self._known(UPLOADED) if everything else []
        found = await asyncio.to_thread(self._look)
        known = [*watched, *uploads]
        there, copied = await asyncio.to_thread(self._that_are_there, uploads, known)
        work = rules.compare([*found, *there], known, copied)
        if work != Work((), (), ()):
            await self._note(work)
        if work.gone:
            logger.info("tracks_gone", count=len(work.gone))
            await ring(self._redis, OWNER)

    async def _known(self, sources: Collection[TrackSource]) -> list[Known]:
        columns = (Track.id, Track.source, Track.path, Track.size, Track.changed_ns, Track.state)
        query = select(*columns).where(Track.source.in_(sources))
        async with self._sessions() as tx:
            rows = (await tx.execute(query)).all()
        return [Known(row.id, Found(row.source, row.path, row.size, row.changed_ns), row.state) for row in rows]

    def _look(self) -> list[Found]:
        # What is composed appears whole, and somebody may be waiting for the first piece.
        starters = scan("starter", self._settings.starter_folder, settled_after=0)
        return scan("folder", self._settings.fallback_folder) + starters

    def _that_are_there(self, uploads: Sequence[Known], known: Sequence[Known]) -> tuple[list[Found], set[UUID]]:
        """Uploads that are not lost, by their names alone: nobody else writes there. And the tracks with a copy."""
        there = [one.found for one in uploads if one.state == "refused" or self._original(one.found).is_file()]
        copied = {one.id for one in known if one.state == "ready" and places.copy(self._settings, one.id).is_file()}
        return there, copied

    def _original(self, found: Found) -> Path:
        return places.root(self._settings, found.source) / found.path

    async def _note(self, work: Work) -> None:
        async with self._sessions.begin() as tx:
            if work.gone:
                gone = update(Track).where(Track.id == func.any(list(work.gone)))
                await tx.execute(gone.values(state="gone", problem=None, artwork=False))
                await queries.strike(tx, work.gone)
            await tx.execute(
                update(Track).where(Track.id == func.any(list(work.again))).values(state="waiting", problem=None)
            )
            new = [
                Track(
                    id=uuid4(), source=one.source, path=one.path, size=one.size, changed_ns=one.changed_ns,
                    state="waiting",
                )
                for one in work.new
            ]  # fmt: skip
            tx.add_all(new)
            await tx.flush()
            back = [*work.again, *(track.id for track in new)]
            await self._append(tx, back)
            await telling.removed(tx, work.gone)
            await telling.added(tx, back)
            if work.gone:
                await queries.told_changed(tx)

    async def _append(self, tx: AsyncSession, tracks: Sequence[UUID]) -> None:
        """What the folder brings has its place at once, in the order of its paths: it is prepared in any order."""
        from_folder = select(Track.id).where(Track.id == func.any(list(tracks)), Track.source == "folder")
        await queries.append(tx, (await tx.scalars(from_folder.order_by(Track.path))).all())
