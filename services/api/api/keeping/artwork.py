"""A track's picture: sent by a person, it stands until that person takes it away."""

import asyncio
from uuid import UUID, uuid4

from fastapi import Request
from kit.db import begin
from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api.keeping.rules import ARTWORK
from api.library import telling
from api.library.models import Track
from api.library.queries import NoSuchTrack
from api.media import covers
from api.settings import Settings
from api.uploads import discard, receive

MOST_MB = 10
_one_at_a_time = asyncio.Semaphore(1)
"""A large picture takes a few hundred megabytes while it is worked on."""


class NoPicture(Refusal):
    status = 422
    error_code = "invalid_input"


async def take_in(request: Request, track_id: UUID, settings: Settings) -> None:
    """Read the picture of a request and give it to a track.

    Raises `NoSuchTrack`, `NoPicture`, `NotAPicture` and what `receive` raises.
    """
    incoming = settings.incoming_folder / str(uuid4())
    limit = MOST_MB * 1_000_000
    received = await receive(request, limit_bytes=limit, folder=incoming, reserve_mb=settings.disk_reserve_mb)
    try:
        if not received.files:
            raise NoPicture("Send a picture in a part named 'file'.")
        async with _one_at_a_time, begin(request) as tx:
            # Its row is held meanwhile, so that two pictures are not mixed; nothing is said of it before it is there.
            track = await _locked(tx, track_id)
            await asyncio.to_thread(covers.write, received.files[0].path, settings.artwork_folder, track_id)
            await _note(tx, track, there=True)
    finally:
        discard(incoming)


async def remove(tx: AsyncSession, track_id: UUID, settings: Settings) -> None:
    """Take a track's picture away for good, also the one that its file holds; raises `NoSuchTrack`."""
    track = await _locked(tx, track_id)
    await _note(tx, track, there=False)
    await asyncio.to_thread(covers.drop, settings.artwork_folder, track_id)


async def _locked(tx: AsyncSession, track_id: UUID) -> Track:
    track = await tx.get(Track, track_id, with_for_update=True)
    if track is None or track.deleted_at is not None:
        raise NoSuchTrack
    return track


async def _note(tx: AsyncSession, track: Track, *, there: bool) -> None:
    track.artwork = there
    track.edited = sorted({*track.edited, ARTWORK})
    await telling.changed(tx, [track.id], [ARTWORK])
