"""Taking in a show's picture, and taking it away."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from fastapi import Request
from kit.db import Sessions, begin
from kit.refusal import Refusal
from sqlalchemy import select

from api.accounts.caller import Caller
from api.settings import Settings
from api.shows import pictures, service
from api.shows.models import Show
from api.uploads import discard, receive

logger = structlog.get_logger()
MOST_MB = 10
GRACE = 900.0
"""Seconds for which a picture that no show has is left alone: its show's row may come yet."""
_one_at_a_time = asyncio.Semaphore(1)
"""A large picture takes a few hundred megabytes while it is worked on."""


class NoPicture(Refusal):
    status = 422
    error_code = "invalid_input"


async def take_in(request: Request, caller: Caller, show_id: UUID, settings: Settings) -> None:
    """Read the picture of a request and give it to a show.

    Raises `NoPicture`, `NotAPicture`, what `receive` raises and what changing a show may be refused for.
    """
    incoming = settings.incoming_folder / str(uuid4())
    limit = MOST_MB * 1_000_000
    received = await receive(request, limit_bytes=limit, folder=incoming, reserve_mb=settings.disk_reserve_mb)
    try:
        if not received.files:
            raise NoPicture("Send a picture in a part named 'file'.")
        async with _one_at_a_time:
            folder = settings.artwork_folder / pictures.FOLDER
            version, side = await asyncio.to_thread(pictures.make, received.files[0].path, folder, show_id)
    finally:
        discard(incoming)
    async with begin(request) as tx:
        show = await service.to_change(tx, caller, show_id)
        show.artwork, show.artwork_pixels = version, side


async def sweep(sessions: Sessions, settings: Settings) -> None:
    """Delete the files of pictures that no show has any more."""
    folder = settings.artwork_folder / pictures.FOLDER
    found = await asyncio.to_thread(lambda: list(folder.iterdir()) if folder.is_dir() else [])
    if not found:
        return
    async with sessions() as tx:
        rows = await tx.execute(select(Show.id, Show.artwork).where(Show.artwork.is_not(None)))
        kept = {(row.id, row.artwork) for row in rows}
    for path in found:
        if pictures.owner_of(path.name) not in kept and _age(path) > GRACE:
            path.unlink(missing_ok=True)
            logger.info("show_artwork_deleted", path=str(path))


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime
    return 0.0
