"""What somebody asks for, read from the body of a request."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import Request
from kit.refusal import Refusal

from api import addresses
from api.queue.service import Wish
from api.settings import Settings
from api.uploads import Received, discard, receive

SONG = "song"
"""The name of a request's file in its folder, wherever it came from."""
FIELDS = ("url", "track_id")


class NotOneSong(Refusal):
    """Not exactly one of `url`, `file` and `track_id`, or one that is malformed."""

    status = 422
    error_code = "invalid_input"


class EmptyFile(Refusal):
    status = 422
    error_code = "empty_file"


class ForbiddenAddress(Refusal):
    """A link into the station's own network."""

    status = 422
    error_code = "forbidden_address"


REFUSALS = (NotOneSong, EmptyFile, ForbiddenAddress)


@asynccontextmanager
async def received(request: Request, item_id: UUID, settings: Settings) -> AsyncIterator[Wish]:
    """Read the body; what it brought is gone again when the caller does not take it. Raises refusals."""
    folder = settings.incoming_folder / str(item_id)
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        sent = await request.form()
        yield _wish(item_id, Received({name: str(value) for name, value in sent.items()}, ()), settings)
        return
    body = await receive(
        request,
        limit_bytes=settings.max_song_mb * 1_000_000,
        folder=folder,
        fields=FIELDS,
        reserve_mb=settings.disk_reserve_mb,
    )
    try:
        wish = _wish(item_id, body, settings)
        if body.files:
            body.files[0].path.rename(folder / SONG)
        yield wish
    except BaseException:
        await asyncio.to_thread(discard, folder)
        raise
    if wish.file_name is None:
        discard(folder)


def _wish(item_id: UUID, body: Received, settings: Settings) -> Wish:
    fields = _sent(body.fields)
    if len(fields) + len(body.files) != 1:
        raise NotOneSong("Send exactly one of 'url', 'file' and 'track_id'.")
    if "url" in fields:
        return Wish(item_id, url=_link(fields["url"], settings))
    if "track_id" in fields:
        return Wish(item_id, track_id=_track(fields["track_id"]))
    if body.files[0].size == 0:
        raise EmptyFile("The file is empty.")
    return Wish(item_id, file_name=body.files[0].name)


def _sent(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields with something in them: a form sends those that were left empty too."""
    stripped = {name: value.strip() for name, value in fields.items()}
    if unknown := set(stripped) - set(FIELDS):
        raise NotOneSong(f"The field {sorted(unknown)[0][:40]!r} is unknown here.")
    return {name: value for name, value in stripped.items() if value}


def _link(link: str, settings: Settings) -> str:
    try:
        addresses.check_link(link, addresses.parse_exceptions(settings.fetch_allow))
    except addresses.BadLink as error:
        raise NotOneSong(str(error)) from error
    except addresses.ForbiddenLink as error:
        raise ForbiddenAddress(str(error)) from error
    return link


def _track(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotOneSong("This is no track's id.") from error
