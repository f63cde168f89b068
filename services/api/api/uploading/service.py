"""Uploads from their announcement to the moment when all bytes are there, and what their sender may do meanwhile."""

import shutil
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kit.refusal import Refusal
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.arriving import duplicates
from api.library.models import Category
from api.library.rules import AlreadyHere
from api.settings import Settings
from api.uploading import queries, rules, storing
from api.uploading.models import Upload
from api.uploading.rules import Bounds
from api.uploading.schemas import Told, UploadShown, UploadsListed
from api.uploads import NoRoom, discard


class NotUnderstood(Refusal):
    """What is said of a file cannot be."""

    status = 422
    error_code = "invalid_input"


def told(sent: dict[str, str]) -> Told:
    """What a sender says of a file; raises `NotUnderstood`."""
    try:
        return Told.model_validate(sent)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise NotUnderstood("; ".join(faults)) from error


async def create(
    tx: AsyncSession, caller: Caller, length: int, about: Told, *, settings: Settings, now: datetime
) -> Upload:
    """Take note of an upload that will come.

    Raises what `rules.admit` does, `NoRoom`, `AlreadyHere` and `NotUnderstood`.
    """
    use = await queries.use(tx, caller)
    rules.admit(length, use, bounds(settings))
    require_room(settings, use.missing + length)
    await require_categories(tx, about)
    if about.sha256 and (known := await duplicates.same(tx, about.sha256)):
        raise AlreadyHere(duplicates.in_words(known))
    upload = announced(caller, length, about, settings=settings, now=now)
    tx.add(upload)
    await tx.flush()
    storing.make(settings, upload.id)
    return upload


def announced(caller: Caller, length: int, about: Told, *, settings: Settings, now: datetime) -> Upload:
    """A new upload of which nothing has come yet."""
    return Upload(
        id=uuid4(),
        user_id=caller.id,
        name=about.filename,
        size=length,
        received=0,
        kind=about.kind,
        tags=list(about.tags),
        categories=list(about.categories),
        sha256=about.sha256,
        state="receiving",
        created_at=now,
        expires_at=now + timedelta(hours=settings.upload_hours),
    )


def bounds(settings: Settings) -> Bounds:
    """What uploads may take here."""
    return Bounds(
        settings.programme_max_mb * 1_000_000, int(settings.library_quota_gb * 1e9), settings.max_open_uploads
    )


def require_room(settings: Settings, coming: int) -> None:
    """Refuse what would eat into the disk's reserve once it has come; raises `NoRoom`."""
    if shutil.disk_usage(settings.uploads_folder).free - coming < settings.disk_reserve_mb * 1_000_000:
        raise NoRoom("The station's disk is nearly full; tell its staff.")


async def require_categories(tx: AsyncSession, about: Told) -> None:
    """Refuse categories that are not there; raises `NotUnderstood`."""
    for category in about.categories:
        if await tx.get(Category, category) is None:
            raise NotUnderstood(f"There is no category {category}.")


async def coming(tx: AsyncSession, caller: Caller, upload_id: UUID) -> Upload:
    """An upload of the caller's that did not come to nothing; raises `NoSuchUpload`, `UploadGone`."""
    upload = await queries.one(tx, caller, upload_id)
    rules.require_welcome(upload.state, upload.problem)
    return upload


async def show(tx: AsyncSession, caller: Caller, upload_id: UUID) -> UploadShown:
    """Raises `NoSuchUpload`."""
    return UploadShown.model_validate(await queries.one(tx, caller, upload_id))


async def listed(tx: AsyncSession, caller: Caller, *, after: UUID | None, limit: int) -> UploadsListed:
    """A page of the caller's uploads; administrators see everybody's. Raises `NoSuchUpload`."""
    found = await queries.page(tx, caller, after=after, limit=limit + 1)
    items = [UploadShown.model_validate(upload) for upload in found[:limit]]
    return UploadsListed(items=items, next=items[-1].id if len(found) > limit else None)


async def cancel(tx: AsyncSession, caller: Caller, upload_id: UUID, settings: Settings) -> None:
    """Throw an upload away; one that became a track is only forgotten as an upload. Raises `NoSuchUpload`."""
    upload = await queries.one(tx, caller, upload_id, for_update=True)
    await tx.delete(upload)
    await tx.flush()
    discard(storing.folder_of(settings, upload_id))
