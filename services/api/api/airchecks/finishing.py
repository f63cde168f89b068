"""Recordings become airchecks: joined, measured, levelled, named.

Level-triggered: a worker that is killed in the middle leaves the recording where it is, and the next one goes on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from kit.db import Sessions

from api.airchecks import beginning, files, joining, naming, recordings, tagging, timing
from api.airchecks.models import Aircheck
from api.airchecks.naming import Tags
from api.airchecks.recordings import Recording
from api.airchecks.rules import AircheckState, is_whole
from api.airchecks.timing import Chapter, Gap, Part, Placed
from api.alone import alone
from api.live.models import LiveSession
from api.media import copies
from api.media.copies import DiskFull
from api.media.probe import NotPlayable, Sound, probe
from api.settings import Settings

logger = structlog.get_logger()
EVERY = 5.0
"""Seconds between two looks."""
LONGEST_SECONDS = 26 * 3600
"""A live session lasts a day at most."""
_LOCK = 7_203_170


@dataclass(frozen=True)
class Finished:
    """A copy for listening, and what it says."""

    copy: Path
    seconds: float
    sound: Sound
    gaps: list[Gap]
    chapters: list[Chapter]
    tags: Tags


class Finisher:
    """Finishes one recording at a time, in one worker at a time."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._looked_at: set[UUID] = set()
        """Airchecks that failed in this process. Those that failed in an earlier one are tried once more: what was
        wrong may have been the machine's fault."""

    async def step(self) -> None:
        """Finish what is whole, and let copies say what they should; the first error is raised at the end."""
        found = await asyncio.to_thread(lambda: list(recordings.find(self._settings.live_recordings_folder)))
        async with alone(self._sessions, _LOCK) as mine:
            if not mine:
                return
            problems = [problem for one in found if (problem := await self._tried(one))]
            await naming.name_anew(self._settings, self._sessions)
        if problems:
            raise problems[0]

    async def _tried(self, recording: Recording) -> Exception | None:
        """One that cannot be finished does not keep the others waiting."""
        with structlog.contextvars.bound_contextvars(session_id=str(recording.session_id)):
            try:
                await self._finish(recording)
            except Exception as error:
                return error
        return None

    async def _finish(self, recording: Recording) -> None:
        async with self._sessions() as tx:
            session = await tx.get(LiveSession, recording.session_id)
        if session is None or not is_whole(
            closed=recording.closed,
            session_ended_at=session.ended_at,
            changed_at=recording.changed_at,
            now=datetime.now(UTC),
        ):
            return
        paths, placed = await _placed(recording, began_at=beginning.began(session))
        async with self._sessions.begin() as tx:
            aircheck = await beginning.begin(tx, session, placed, zone=self._settings.zone)
        if aircheck.state == "finishing" or (aircheck.state == "failed" and aircheck.id not in self._looked_at):
            await self._settle(aircheck, paths, placed)
        elif aircheck.state != "failed":
            # The one before us was killed just here.
            await self._forget(recording.folder)

    async def _settle(self, aircheck: Aircheck, paths: Sequence[Path], placed: Sequence[Placed]) -> None:
        try:
            finished = await self._make(aircheck, paths, placed)
        except DiskFull as error:
            await self._save(aircheck.id, "finishing", problem=str(error))
        except NotPlayable as error:
            if error.code in ("too_short", "silent"):
                await self._save(aircheck.id, "discarded", problem=str(error))
                await self._forget(files.folder_of(self._settings, aircheck.id))
                await self._forget(files.recording_of(self._settings, aircheck))
            else:
                self._looked_at.add(aircheck.id)
                await self._save(aircheck.id, "failed", problem=str(error))
        else:
            await self._save(aircheck.id, "ready", finished=finished)
            await self._forget(files.recording_of(self._settings, aircheck))

    async def _make(self, aircheck: Aircheck, paths: Sequence[Path], placed: Sequence[Placed]) -> Finished:
        settings, seconds = self._settings, sum(part.seconds for part in placed)
        if not placed:
            raise NotPlayable("too_short", "Nothing was recorded.")
        if seconds < settings.aircheck_min_seconds:
            raise NotPlayable("too_short", f"It is shorter than {settings.aircheck_min_seconds:g} seconds.")
        folder = files.folder_of(settings, aircheck.id)
        folder.mkdir(parents=True, exist_ok=True)
        original = folder / files.ORIGINAL
        if not original.exists():
            copies.require_room(folder, seconds=seconds, reserve_mb=settings.disk_reserve_mb)
            await joining.join(paths, original, seconds=seconds)
        shortest = max(settings.aircheck_min_seconds, 0.1)
        sound = await probe(original, shortest_seconds=shortest, longest_seconds=LONGEST_SECONDS)
        copies.require_room(folder, seconds=seconds / 4, reserve_mb=settings.disk_reserve_mb)
        return await self._copy(aircheck, original, sound, placed)

    async def _copy(self, aircheck: Aircheck, original: Path, sound: Sound, placed: Sequence[Placed]) -> Finished:
        kept = (sound.begins_at, sound.ends_at)
        async with self._sessions() as tx:
            found = timing.chapters(await beginning.titles(tx, aircheck), placed, kept)
            streamer = await beginning.streamer_name(tx, aircheck)
        tags = naming.tags_of(aircheck, streamer, self._settings)
        said, target = original.with_name(files.SAID), files.new_copy(original.parent)
        tagging.write_down(said, tags, found, kept[1] - kept[0])
        form = tagging.form(said, kbits=self._settings.aircheck_kbits)
        seconds = await copies.make_as(original, target, sound, form)
        said.unlink()
        return Finished(target, seconds, sound, timing.shifted(timing.gaps(placed), kept), found, tags)

    async def _save(
        self, aircheck_id: UUID, state: AircheckState, *, problem: str | None = None, finished: Finished | None = None
    ) -> None:
        async with self._sessions.begin() as tx:
            row = await tx.get(Aircheck, aircheck_id, with_for_update=True)
            if row is None or (row.state, row.problem) == (state, problem):
                return
            row.state, row.problem, row.changed_at = state, problem, datetime.now(UTC)
            if finished:
                original = finished.copy.with_name(files.ORIGINAL)
                row.original_bytes, row.loudness_lufs = original.stat().st_size, finished.sound.loudness_lufs
                row.gaps = [asdict(gap) for gap in finished.gaps]
                row.chapters = [asdict(chapter) for chapter in finished.chapters]
                naming.give_copy(row, finished.copy, finished.seconds, finished.tags)
        logger.info("aircheck", aircheck_id=str(aircheck_id), state=state, problem=problem)

    async def _forget(self, folder: Path) -> None:
        await asyncio.to_thread(files.remove, folder)


async def _placed(recording: Recording, *, began_at: datetime) -> tuple[list[Path], list[Placed]]:
    """The parts that can be read, with their places."""
    measured: list[tuple[Path, Part]] = []
    for path in recording.parts:
        if part := await recordings.measure(path):
            measured.append((path, part))
        else:
            logger.warning("part_unreadable", path=str(path))
    return [path for path, _ in measured], timing.place([part for _, part in measured], began_at)
