"""Telling that the library changed: every change has its number, and is a fact in the transaction that makes it.

Call one of these after everything else in a transaction, once for all the tracks of an act: until the transaction ends
nobody else tells anything, so that whoever has seen a number is never shown a smaller one later. Whoever calls rings
the bell afterwards (`api.ringing`).
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kit import facts
from kit.contracts.facts import AnyFact, TrackAdded, TrackChanged, TrackRemoved
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from api import tables
from api.library.models import Track, versions
from api.library.rules import Kind


class Bumped(NamedTuple):
    """A track whose version was counted up."""

    id: UUID
    version: int
    kind: Kind
    at: datetime


async def added(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Tracks are new, or back."""
    await _tell(tx, tracks, lambda one: TrackAdded(at=one.at, track_id=one.id, version=one.version, kind=one.kind))


async def changed(tx: AsyncSession, tracks: Collection[UUID], fields: Collection[str]) -> None:
    """Tracks have other values in these fields."""
    names = tuple(sorted(fields))
    await _tell(
        tx,
        tracks,
        lambda one: TrackChanged(at=one.at, track_id=one.id, version=one.version, kind=one.kind, changed=names),
    )


async def removed(tx: AsyncSession, tracks: Collection[UUID]) -> None:
    """Tracks cannot be had any more: deleted, taken out, or their files are gone."""
    await _tell(tx, tracks, lambda one: TrackRemoved(at=one.at, track_id=one.id, version=one.version, kind=one.kind))


async def _tell(tx: AsyncSession, tracks: Collection[UUID], fact_of: Callable[[Bumped], AnyFact]) -> None:
    if not tracks:
        return
    # What was changed is written, and its rows locked, before the turn is taken: nobody waits in a circle.
    await tx.flush()
    await facts.take_turn(tx)
    bumped = await _bump(tx, tracks)
    await facts.record(tx, tables.facts, [fact_of(one) for one in bumped])


async def _bump(tx: AsyncSession, tracks: Collection[UUID]) -> list[Bumped]:
    query = (
        update(Track)
        .where(Track.id == func.any(list(tracks)))
        .values(version=versions.next_value(), updated_at=func.clock_timestamp())
        .returning(Track.id, Track.version, Track.kind, Track.updated_at)
        .execution_options(synchronize_session=False)
    )
    bumped = [Bumped(*row) for row in await tx.execute(query)]
    held = tx.sync_session.identity_map
    for one in bumped:
        track = held.get(tx.sync_session.identity_key(Track, one.id))
        if track is not None:
            set_committed_value(track, "version", one.version)
            set_committed_value(track, "updated_at", one.at)
    return sorted(bumped, key=lambda one: one.version)
