"""The beginning and the end of an analysis, a transaction each; the measuring lies between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kit.db import Sessions
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from api.analysis import likeness, rules
from api.analysis.models import Analysis, TrackMarks
from api.library import telling
from api.library.models import Track, TrackChange

LEASE = timedelta(seconds=12)


@dataclass(frozen=True)
class Found:
    """All that was found of a track."""

    measured: Mapping[str, Any]
    """Values of the fields in `rules.MEASURED`."""
    facts: Mapping[str, Any]
    """Values of fields that nobody edits."""
    fingerprint: bytes


async def begin(sessions: Sessions, track_id: UUID) -> Track | None:
    """Take an analysis up and return its track; None when there is nothing to do, or somebody is at it."""
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        track = await tx.get(Track, track_id)
        if track is None or track.state != "ready" or track.deleted_at is not None:
            return None
        await tx.execute(insert(Analysis).values(track_id=track_id).on_conflict_do_nothing())
        row = await tx.get_one(Analysis, track_id, with_for_update=True)
        if row.state in ("done", "failed") or (row.lease_until is not None and row.lease_until > now):
            return None
        if row.attempts >= rules.MOST_ATTEMPTS:
            row.state, row.lease_until, row.finished_at = "failed", None, now
            row.problem = row.problem or "Whoever measured it died of it, each time."
            return None
        row.state, row.lease_until, row.attempts = "running", now + LEASE, row.attempts + 1
        return track


async def renew(sessions: Sessions, track_id: UUID) -> None:
    """Say that somebody is still at it."""
    running = update(Analysis).where(Analysis.track_id == track_id, Analysis.state == "running")
    async with sessions.begin() as tx:
        await tx.execute(running.values(lease_until=datetime.now(UTC) + LEASE))


async def fail(sessions: Sessions, track_id: UUID, problem: str) -> None:
    """Note why an attempt failed. The track stays as it was, and usable."""
    async with sessions.begin() as tx:
        row = await tx.get(Analysis, track_id, with_for_update=True)
        if row is None or row.state != "running":
            return
        row.state = "failed" if row.attempts >= rules.MOST_ATTEMPTS else "waiting"
        row.problem, row.lease_until, row.finished_at = problem, None, datetime.now(UTC)


async def finish(sessions: Sessions, track_id: UUID, found: Found) -> None:
    """Write what was found where no person's value stands, propose it where one does, and tell what changed."""
    async with sessions.begin() as tx:
        track = await tx.get(Track, track_id, with_for_update=True)
        row = await tx.get(Analysis, track_id, with_for_update=True)
        if track is None or row is None or row.state != "running":
            return
        row.state, row.algorithm, row.problem, row.lease_until = "done", rules.ALGORITHM, None, None
        row.finished_at, row.attempts = datetime.now(UTC), 0
        outcome = rules.sort_out(found.measured, standing(track), track.edited, track.length_seconds)
        others = {name: value for name, value in track.proposed.items() if name not in rules.MEASURED}
        values = {**found.facts, **outcome.taken, "proposed": {**others, **outcome.proposed}}
        changed = {name: value for name, value in values.items() if getattr(track, name) != value}
        tx.add_all(_history(track, changed))
        for name, value in changed.items():
            setattr(track, name, value)
        track.fingerprint = found.fingerprint or None
        await tx.merge(TrackMarks(track_id=track_id, marks=likeness.marks(found.fingerprint)))
        if changed:
            await telling.changed(tx, [track_id], changed)


def standing(track: Track) -> dict[str, Any]:
    """The values that a track has in the fields that are measured."""
    return {name: getattr(track, name) for name in rules.MEASURED}


def _history(track: Track, changed: Mapping[str, Any]) -> list[TrackChange]:
    """A first measurement changes nothing that anybody knew."""
    known = [name for name in rules.MEASURED if name in changed and getattr(track, name) is not None]
    return [
        TrackChange(track_id=track.id, by="analysis", field=name, before=getattr(track, name), after=changed[name])
        for name in known
    ]
