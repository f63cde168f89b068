"""The job of the worker: one track from its copy to what is known of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from kit.bell import ring
from kit.db import Sessions
from procrastinate import App
from redis.asyncio import Redis
from sqlalchemy.exc import SQLAlchemyError

from api.analysis import laboratory, likeness, outcomes, rules, similar, waveforms
from api.analysis.laboratory import NotMeasured
from api.analysis.messages import Measured
from api.analysis.outcomes import Found
from api.analysis.provenance.evidence import Evidence, Provenance
from api.library import places
from api.library.models import Track
from api.media.probe import NotPlayable, probe
from api.media.rules import TARGET_LUFS
from api.ringing import OWNER
from api.settings import Settings

logger = structlog.get_logger()
TASK = "analyse"
QUEUE = "analysis"
LOOKING_SECONDS = 60
_POINTS_AND_CHARACTER = tuple(name for name in rules.MEASURED if name != "gain_db")


@dataclass(frozen=True)
class Analyst:
    """Analyses tracks, one call for each."""

    sessions: Sessions
    settings: Settings
    redis: Redis

    def register(self, app: App) -> None:
        """Let the worker of these jobs do it."""

        async def analyse(track_id: str) -> None:
            with structlog.contextvars.bound_contextvars(track_id=track_id):
                await self.analyse(UUID(track_id))

        app.task(name=TASK, queue=QUEUE)(analyse)

    async def analyse(self, track_id: UUID) -> None:
        """Measure a track, and note what was found or why nothing was."""
        track = await outcomes.begin(self.sessions, track_id)
        if track is None:
            return
        try:
            async with self._held(track_id):
                found = await self._find(track)
                alike = await similar.relate(self.sessions, track_id, found.fingerprint)
        except Exception as error:
            expected = isinstance(error, NotMeasured)
            logger.warning("analysis_failed", problem=str(error), exc_info=not expected)
            problem = str(error) if expected else "Something went wrong while it was measured; the log says what."
            await outcomes.fail(self.sessions, track_id, problem)
            return
        await outcomes.finish(self.sessions, track_id, found)
        logger.info("track_analysed", alike=len(alike))
        await ring(self.redis, OWNER)

    @asynccontextmanager
    async def _held(self, track_id: UUID) -> AsyncIterator[None]:
        """Nobody else takes it up meanwhile."""
        renewing = asyncio.create_task(self._renew(track_id))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self, track_id: UUID) -> None:
        while True:
            await asyncio.sleep(outcomes.LEASE.total_seconds() / 3)
            # The database may be away for a moment; the work goes on meanwhile.
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                await outcomes.renew(self.sessions, track_id)

    async def _find(self, track: Track) -> Found:
        original = places.original(self.settings, track)
        seconds = rules.seconds_for(track.length_seconds)
        measured = await laboratory.measure(places.copy(self.settings, track.id), track.kind, seconds=seconds)
        evidence = await laboratory.look(original, self.settings.c2pa_anchors, seconds=LOOKING_SECONDS)
        loudness, peak = await self._loudness(track)
        await asyncio.to_thread(waveforms.write, self.settings, track.id, measured.waveform)
        facts = {
            "loudness_lufs": loudness,
            "true_peak_dbtp": peak,
            "length_seconds": track.length_seconds or measured.length_seconds,
            "waveform": True,
            "provenance": _provenance(track, evidence),
        }
        return Found(_measured(measured, loudness), facts, likeness.pack(measured.fingerprint))

    async def _loudness(self, track: Track) -> tuple[float | None, float | None]:
        """The original's loudness and true peak: known from its arrival, but for tracks that came before that."""
        if track.loudness_lufs is not None and track.true_peak_dbtp is not None:
            return track.loudness_lufs, track.true_peak_dbtp
        longest = self.settings.programme_max_hours * 3600
        try:
            sound = await probe(places.original(self.settings, track), shortest_seconds=0, longest_seconds=longest)
        except NotPlayable:
            return track.loudness_lufs, track.true_peak_dbtp
        return sound.loudness_lufs, sound.true_peak_dbtp


def _measured(measured: Measured, loudness_lufs: float | None) -> dict[str, float | None]:
    gain = None if loudness_lufs is None else TARGET_LUFS - loudness_lufs
    return {**measured.model_dump(include=set(_POINTS_AND_CHARACTER)), "gain_db": gain}


def _provenance(track: Track, evidence: Evidence) -> dict[str, Any]:
    """What was found, with the time at which it was found first: looking again changes nothing."""
    found = Provenance(**evidence.model_dump(), looked_at=datetime.now(UTC)).model_dump(mode="json")
    known = track.provenance
    same = known is not None and {**known, "looked_at": None} == {**found, "looked_at": None}
    return known if known is not None and same else found
