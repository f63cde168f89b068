"""Uploads to the programme: straight into the library's folder, to be prepared by the worker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from fastapi import Request
from kit.db import begin
from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving import feeding
from api.form import ReceivedFile
from api.library import telling
from api.library.models import Track
from api.media.names import without_suffix
from api.programme import queries, service
from api.programme.schemas import TrackShown
from api.programme.tidying import INCOMING
from api.settings import Settings
from api.uploads import discard, receive

MOST_FILES = 100


class NoFile(Refusal):
    status = 422
    error_code = "invalid_input"


async def take_in(request: Request, settings: Settings) -> list[TrackShown]:
    """Read the files of a request and make tracks of them; raises `NoFile` and what `receive` raises."""
    folder = settings.library_folder / f"{INCOMING}{uuid4()}"
    received = await receive(
        request,
        limit_bytes=settings.programme_max_mb * 1_000_000,
        folder=folder,
        most_files=MOST_FILES,
        reserve_mb=settings.disk_reserve_mb,
    )
    try:
        if not received.files:
            raise NoFile("Send at least one file, in a part named 'file'.")
        async with _kept() as kept, begin(request) as tx:
            tracks = [_track(file, settings.library_folder, kept) for file in received.files]
            return await _add(tx, tracks)
    finally:
        discard(folder)


async def _add(tx: AsyncSession, tracks: Sequence[Track]) -> list[TrackShown]:
    tx.add_all(tracks)
    await tx.flush()
    await queries.append(tx, [track.id for track in tracks])
    for track in tracks:
        await feeding.ask(tx, track.id, track.source)
    await telling.added(tx, [track.id for track in tracks])
    return await service.show_tracks(tx, [track.id for track in tracks])


def _track(file: ReceivedFile, library: Path, kept: list[Path]) -> Track:
    identity = uuid4()
    target = library / f"{identity}{file.suffix}"
    kept.append(target)
    file.path.rename(target)
    target.chmod(0o644)
    title, changed = without_suffix(file.name), target.stat().st_ctime_ns
    return Track(
        id=identity, source="upload", path=target.name, size=file.size, changed_ns=changed, state="waiting", title=title
    )


@asynccontextmanager
async def _kept() -> AsyncIterator[list[Path]]:
    """Files that stay if, and only if, all goes well."""
    kept: list[Path] = []
    try:
        yield kept
    except BaseException:
        for path in kept:
            path.unlink(missing_ok=True)
        raise
