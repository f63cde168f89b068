"""Taking in what is sent: a piece of an upload, or whole files in a form. No connection of the database is held while
bytes come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from fastapi import Request
from kit.bell import ring
from kit.db import Sessions, begin
from kit.refusal import Refusal
from redis.asyncio import Redis
from sqlalchemy import update

from api.accounts.caller import Caller
from api.form import ReceivedFile
from api.settings import Settings
from api.uploading import finishing, queries, rules, service, storing
from api.uploading.finishing import BELL
from api.uploading.models import Upload
from api.uploading.rules import Checksum, UploadGone
from api.uploading.schemas import UploadShown
from api.uploads import Body, NoRoom, discard, receive

MOST_FILES = 100
FIELDS = ("kind", "tags", "categories")


class NoFile(Refusal):
    status = 422
    error_code = "invalid_input"


@dataclass(frozen=True)
class Piece:
    """Where the next bytes of an upload go, and what they must add up to."""

    offset: int
    checksum: Checksum | None


@dataclass(frozen=True)
class _Here:
    """What there is of the service."""

    sessions: Sessions
    settings: Settings
    redis: Redis


async def append(request: Request, caller: Caller, upload_id: UUID, piece: Piece) -> Upload:
    """Add the body to an upload, and make a track of it when it is whole.

    Raises what `storing.append` does, `WrongOffset`, `UploadGone`, `Busy`, `NoSuchUpload`. When the disk is full the
    upload is given up.
    """
    here, body = _here(request), Body(request)
    try:
        async with storing.alone(storing.content_of(here.settings, upload_id)) as file:
            async with begin(request) as tx:
                upload = await service.coming(tx, caller, upload_id)
            rules.require_offset(piece.offset, upload.received)
            await storing.append(
                file,
                body,
                since=upload.received,
                until=upload.size,
                reserve_mb=here.settings.disk_reserve_mb,
                checksum=piece.checksum,
                confirm=_confirming(here, upload_id),
            )
    except NoRoom as error:
        await finishing.give_up(here.sessions, here.settings, upload_id, "disk_full", str(error))
        await ring(here.redis, BELL)
        await body.drain()
        raise
    except Refusal:
        await body.drain()
        raise
    await finishing.finish(here.sessions, here.settings, here.redis, upload_id)
    async with begin(request) as tx:
        return await queries.one(tx, caller, upload_id)


async def take_form(request: Request, caller: Caller) -> list[UploadShown]:
    """Read the files of a form; each of them is an upload that is whole. Raises what `receive` and `create` do."""
    here = _here(request)
    async with begin(request) as tx:
        service.require_room(here.settings, (await queries.use(tx, caller)).missing)
    folder = here.settings.uploads_folder / f"form-{uuid4()}"
    received = await receive(
        request,
        limit_bytes=here.settings.programme_max_mb * 1_000_000,
        folder=folder,
        fields=FIELDS,
        most_files=MOST_FILES,
        reserve_mb=here.settings.disk_reserve_mb,
    )
    try:
        if not received.files:
            raise NoFile("Send at least one file, in a part named 'file'.")
        uploads = await _note(request, here, caller, dict(received.fields), received.files)
    finally:
        discard(folder)
    for upload in uploads:
        await finishing.finish(here.sessions, here.settings, here.redis, upload)
    async with begin(request) as tx:
        return [await service.show(tx, caller, upload) for upload in uploads]


async def _note(
    request: Request, here: _Here, caller: Caller, fields: dict[str, str], files: tuple[ReceivedFile, ...]
) -> list[UUID]:
    noted: list[UUID] = []
    try:
        async with begin(request) as tx:
            for file in files:
                about, now = service.told(fields | {"filename": file.name}), datetime.now(UTC)
                upload = await service.create(tx, caller, file.size, about, settings=here.settings, now=now)
                noted.append(upload.id)
                file.path.replace(storing.content_of(here.settings, upload.id))
                upload.received = upload.size
    except BaseException:
        for upload_id in noted:
            discard(storing.folder_of(here.settings, upload_id))
        raise
    return noted


def _confirming(here: _Here, upload_id: UUID) -> Callable[[int], Awaitable[None]]:
    async def confirm(received: int) -> None:
        until = datetime.now(UTC) + timedelta(hours=here.settings.upload_hours)
        mine = (Upload.id == upload_id) & (Upload.state == "receiving")
        async with here.sessions.begin() as tx:
            known = update(Upload).where(mine).values(received=received, expires_at=until).returning(Upload.id)
            if await tx.scalar(known) is None:
                raise UploadGone("It was thrown away meanwhile.")
        await ring(here.redis, BELL)

    return confirm


def _here(request: Request) -> _Here:
    state = request.app.state
    return _Here(state.sessions, state.settings, state.redis)
