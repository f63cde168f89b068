"""The archive over HTTP: everybody sees what is published, streamers and owners what is theirs, staff all of it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api import sending
from api.accounts.caller import Known, PasswordMustBeChanged, Streamer
from api.airchecks import cursor, service
from api.airchecks.cursor import Cursor
from api.airchecks.queries import Filter
from api.airchecks.rules import IsPublished, NoOriginal, NoSuchAircheck, NotDeleted, NotReady, NotYourAircheck
from api.airchecks.schemas import AircheckChange, AircheckInFull, AirchecksPage, Moment, Words
from api.airchecks.service import Quality
from api.sending import FILE_REFUSALS, PARTIAL
from api.settings import Settings
from api.shows.rules import NoSuchShow

router = APIRouter(prefix="/airchecks", tags=["airchecks"])
_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_FILE = {**refusals(NotAuthenticated, NoSuchAircheck, NotYourAircheck, NotReady, NoOriginal, *FILE_REFUSALS), **PARTIAL}
PRIVATE = "private, no-cache"
"""The same address is heard by one and refused to another."""


@router.get("", summary="Airchecks, newest first", responses=refusals(NotAuthenticated))
async def list_airchecks(
    caller: Known,
    tx: Transaction,
    q: Annotated[Words, Query(description="Words of title, show, host, titles played or notes")] = "",
    show_id: UUID | None = None,
    streamer_id: UUID | None = None,
    since: Annotated[Moment | None, Query(description="Began then or later")] = None,
    until: Annotated[Moment | None, Query(description="Began before")] = None,
    published: bool | None = None,
    kept: Annotated[Literal["kept", "deleted", "discarded"], Query(description="What can be heard or soon will be")] = (
        "kept"
    ),
    after: Annotated[Cursor | None, Query(alias="cursor", description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AirchecksPage:
    wanted = Filter(q, show_id, streamer_id, since, until, published, kept)
    place = cursor.read(after) if after else None
    return await service.list_airchecks(tx, caller, wanted, after=place, limit=limit)


@router.get("/{aircheck_id}", summary="One, with its chapters", responses=refusals(NotAuthenticated, NoSuchAircheck))
async def show_aircheck(aircheck_id: UUID, caller: Known, tx: Transaction) -> AircheckInFull:
    return await service.show(tx, caller, aircheck_id)


@router.patch(
    "/{aircheck_id}",
    summary="Change title and notes: its streamer, its show's owner and producers may",
    responses=refusals(*_CALLER, NoSuchAircheck, NotYourAircheck, NoSuchShow),
)
async def change_aircheck(aircheck_id: UUID, wish: AircheckChange, caller: Streamer, tx: Transaction) -> AircheckInFull:
    return await service.change(tx, caller, aircheck_id, wish)


@router.delete(
    "/{aircheck_id}",
    status_code=204,
    summary="Put it into the trash: its streamer, its show's owner and administrators may",
    responses=refusals(*_CALLER, NoSuchAircheck, NotYourAircheck, IsPublished),
)
async def delete_aircheck(aircheck_id: UUID, caller: Streamer, tx: Transaction) -> None:
    await service.delete(tx, caller, aircheck_id)


@router.post(
    "/{aircheck_id}/restore",
    summary="Take it out of the trash, as long as it is there",
    responses=refusals(*_CALLER, NoSuchAircheck, NotYourAircheck, NotDeleted),
)
async def restore_aircheck(aircheck_id: UUID, caller: Streamer, tx: Transaction) -> AircheckInFull:
    return await service.restore(tx, caller, aircheck_id)


@router.head("/{aircheck_id}/audio", include_in_schema=False)
@router.get("/{aircheck_id}/audio", summary="Listen, with Range; or save it", response_class=Response, responses=_FILE)
async def hear_aircheck(
    aircheck_id: UUID,
    request: Request,
    caller: Known,
    tx: Transaction,
    quality: Annotated[Quality, Query(description="The lossless original is for those whose it is")] = "copy",
    download: bool = False,
) -> Response:
    settings: Settings = request.app.state.settings
    path, title = await service.file_of(tx, caller, aircheck_id, quality, settings)
    kind = "audio/mpeg" if quality == "copy" else "audio/flac"
    how: sending.How = "attachment" if download else "inline"
    return await sending.send(request, path, kind=kind, title=title, how=how, cached=PRIVATE)
