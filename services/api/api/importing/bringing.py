"""The job of the worker: one file of the imports' folder, from its bytes to its track.

By its content it is new, or another version of its track, or a track that was moved, or one that is there already.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from kit.bell import ring
from kit.db import Sessions
from procrastinate import App, JobContext
from redis.asyncio import Redis
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.analysis import queries as analyses
from api.arriving import duplicates, making, outcomes
from api.arriving.making import Made, Stage
from api.arriving.outcomes import Following
from api.arriving.preparing import AGAIN, QUEUE
from api.arriving.rules import ATTEMPTS, TRIED_TOO_OFTEN
from api.arriving.scanning import Infected
from api.importing import rules, walking
from api.importing.models import ImportFile
from api.importing.rules import Found
from api.importing.walking import Unsettled
from api.library import places, telling
from api.library.models import Track
from api.media.copies import DiskFull
from api.media.probe import NotPlayable
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
TASK = "import_file"


@dataclass(frozen=True)
class Bringer:
    """Brings files in, one call for each."""

    sessions: Sessions
    settings: Settings
    redis: Redis
    following: Following

    def register(self, app: App) -> None:
        """Let the worker of these jobs do it."""

        async def import_file(context: JobContext, path: str) -> None:
            with structlog.contextvars.bound_contextvars(path=path):
                await self.bring(path, attempts=context.job.attempts)

        app.task(name=TASK, queue=QUEUE, pass_context=True, retry=AGAIN)(import_file)

    async def bring(self, path: str, *, attempts: int = 0) -> None:
        """Bring a file that waits to its track, or to its refusal; `attempts` were made before."""
        async with self.sessions() as tx:
            row = await tx.get(ImportFile, path)
        if row is None or row.state != "waiting":
            return
        try:
            if attempts >= ATTEMPTS:
                raise NotPlayable("broken", TRIED_TOO_OFTEN)
            sha256, found = await asyncio.to_thread(walking.digest, self.settings.imports_folder, path)
            item = await self._known(sha256, found)
            if item is not None:
                await self._make(item, sha256, found)
        except (NotPlayable, Infected) as error:
            await self._refuse(path, str(error))
        except (Unsettled, FileNotFoundError):
            pass  # the next look says what it is by then
        except DiskFull as error:
            logger.info("import_put_off", problem=str(error))
        await ring(self.redis, OWNER)

    async def _make(self, item: UUID, sha256: str, found: Found) -> None:
        async def reached(_: Stage) -> None:
            """Nobody waits for one file of thousands."""

        source = self.settings.imports_folder / found.path
        try:
            takes_cover = await self._takes_cover(item)
            made = await making.make(source, item, self.settings, reached, sha256=sha256, takes_cover=takes_cover)
            walking.require_same(source, found)
            await self._become(item, made, found)
        except IntegrityError:
            # The same content came twice at once, and the other one was first.
            if await self._known(sha256, found) is not None:
                raise
        finally:
            await self._drop_unless_known(item)

    async def _takes_cover(self, item: UUID) -> bool:
        """Whether the picture in the file is the track's: not when somebody chose one."""
        async with self.sessions() as tx:
            track = await tx.get(Track, item)
        return track is None or outcomes.ARTWORK not in track.edited

    async def _known(self, sha256: str, found: Found) -> UUID | None:
        """The track that has to be made of the file; None when its content is known, and it is settled with that."""
        async with self.sessions.begin() as tx:
            row = await _waiting(tx, found.path)
            if row is None:
                return None
            own = await tx.get(Track, row.track_id, with_for_update=True) if row.track_id else None
            if own is not None and own.content_sha256 == sha256 and own.state in ("ready", "removed", "gone"):
                await self._settle(tx, row, own, found)
                return None
            if own is not None and own.state in ("removed", "gone"):
                own = None  # staff took out what it was before; this is another
            known = await duplicates.same(tx, sha256, besides=own.id if own else None)
            if known is None:
                return own.id if own else uuid4()
            if known.source == "import" and not (self.settings.imports_folder / known.path).exists():
                await tx.execute(delete(ImportFile).where(ImportFile.path == known.path))
                await self._settle(tx, row, await tx.get_one(Track, known.id, with_for_update=True), found)
                return None
            row.state, row.problem, row.same_as = "refused", duplicates.in_words(known), known.id
            row.checked_at = datetime.now(UTC)
            return None

    async def _settle(self, tx: AsyncSession, row: ImportFile, track: Track, found: Found) -> None:
        """This file is the track's original: it was touched, or moved here."""
        _place(row, track, found)
        await telling.changed(tx, [track.id], ("missing_since",))

    async def _become(self, item: UUID, made: Made, found: Found) -> None:
        async with self.sessions.begin() as tx:
            row = await _waiting(tx, found.path)
            if row is None:
                return
            track = await tx.get(Track, item, with_for_update=True)
            new = track is None
            if track is None:
                track = Track(id=item, source="import", kind=rules.kind_of(found.path), state="waiting")
                track.path, track.size, track.changed_ns = found.path, found.size, found.changed_ns
                tx.add(track)
                await tx.flush()
            _place(row, track, found)
            await outcomes.make_ready(tx, track, made, self.following)
            if new:
                await telling.added(tx, [track.id])
            else:
                await analyses.order(tx, analyses.among([item]))
                await telling.changed(tx, [track.id], (*outcomes.CHANGED, "missing_since"))
        logger.info("file_imported", track_id=str(item), new=new)

    async def _refuse(self, path: str, problem: str) -> None:
        async with self.sessions.begin() as tx:
            if row := await _waiting(tx, path):
                row.state, row.problem, row.checked_at = "refused", problem, datetime.now(UTC)
        logger.info("file_refused", problem=problem)

    async def _drop_unless_known(self, item: UUID) -> None:
        """A copy whose track did not come into being is not kept."""
        async with self.sessions() as tx:
            if await tx.get(Track, item) is None:
                await asyncio.to_thread(places.copy(self.settings, item).unlink, missing_ok=True)


async def _waiting(tx: AsyncSession, path: str) -> ImportFile | None:
    row = await tx.get(ImportFile, path, with_for_update=True)
    return row if row is not None and row.state == "waiting" else None


def _place(row: ImportFile, track: Track, found: Found) -> None:
    row.state, row.problem, row.same_as, row.track_id = "imported", None, None, track.id
    row.size, row.changed_ns, row.checked_at = found.size, found.changed_ns, datetime.now(UTC)
    track.path, track.size, track.changed_ns, track.missing_since = found.path, found.size, found.changed_ns, None
