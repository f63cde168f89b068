"""Uploads to the library over tus 1.0 (https://tus.io), their list and their progress; and plain forms."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.routing import APIRoute
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import Refusal, refusals

from api.accounts.caller import Producer
from api.events.hub import TooManyStreams
from api.events.stream import EventStream
from api.library.rules import AlreadyHere
from api.settings import Settings
from api.uploading import rules, service, taking
from api.uploading.queries import NoSuchUpload
from api.uploading.schemas import UploadShown, UploadsListed
from api.uploading.storing import Busy
from api.uploading.watching import Uploads, Watching
from api.uploads import UPLOAD_REFUSALS, NoRoom, UploadInterrupted, body_of


class Resumable(APIRoute):
    """A route of the protocol: every answer, a refusal as well, names its version."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                answer = await handle(request)
            except Refusal as error:
                error.headers["Tus-Resumable"] = rules.VERSION
                raise
            answer.headers["Tus-Resumable"] = rules.VERSION
            return answer

        return handler


def require_spoken(tus_resumable: Annotated[str | None, Header()] = None) -> None:
    """Whoever speaks another version is refused: declare it after the caller."""
    rules.require_version(tus_resumable)


Spoken = Annotated[None, Depends(require_spoken)]
_PEOPLE = (NotAuthenticated, NotAllowed)
router = APIRouter(prefix="/library/uploads", tags=["uploads"], responses=refusals(*_PEOPLE))
tus = APIRouter(
    prefix="/library/uploads",
    tags=["uploads"],
    route_class=Resumable,
    responses=refusals(*_PEOPLE, rules.WrongProtocol, rules.Malformed),
)
_ADMISSION = (
    rules.EmptyUpload, rules.UploadTooLarge, rules.TooManyUploads, rules.QuotaReached, NoRoom, AlreadyHere,
    service.NotUnderstood,
)  # fmt: skip
_PIECE = {
    "requestBody": {"required": True, "content": {rules.PIECE: {"schema": {"type": "string", "format": "binary"}}}}
}
_FORM = body_of(
    {
        "file": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Sound or video"},
        "kind": {"type": "string", "description": "What they are; MUS unless told otherwise"},
        "tags": {"type": "string", "description": "With commas between them"},
        "categories": {"type": "string", "description": "Ids, with commas between them"},
    },
    required=["file"],
)


def settings_of(request: Request) -> Settings:
    """The service's settings."""
    found: Settings = request.app.state.settings
    return found


@router.options("", status_code=204, summary="What of the protocol is spoken here")
async def describe_uploads(request: Request) -> Response:
    largest = settings_of(request).programme_max_mb * 1_000_000
    return Response(
        status_code=204,
        headers={
            "Tus-Resumable": rules.VERSION,
            "Tus-Version": rules.VERSION,
            "Tus-Max-Size": str(largest),
            "Tus-Extension": rules.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(rules.ALGORITHMS),
        },
    )


@tus.post(
    "", status_code=201, summary="Announce an upload; its bytes are sent in pieces", responses=refusals(*_ADMISSION)
)
async def create_upload(
    request: Request,
    caller: Producer,
    spoken: Spoken,
    tx: Transaction,
    upload_length: Annotated[str | None, Header()] = None,
    upload_metadata: Annotated[
        str | None, Header(description="`filename`, `kind`, `tags`, `categories`, `sha256`; values in base64")
    ] = None,
) -> Response:
    length, about = rules.count("Upload-Length", upload_length), service.told(rules.metadata(upload_metadata))
    upload = await service.create(tx, caller, length, about, settings=settings_of(request), now=datetime.now(UTC))
    place = request.url_for("show_upload", upload_id=upload.id).path
    return Response(status_code=201, headers={"Location": place, **rules.headers(0, upload.expires_at)})


@tus.head("/{upload_id}", summary="How many bytes are here", responses=refusals(NoSuchUpload, rules.UploadGone))
async def ask_offset(upload_id: UUID, caller: Producer, spoken: Spoken, tx: Transaction) -> Response:
    upload = await service.coming(tx, caller, upload_id)
    return Response(headers=rules.headers(upload.received, upload.expires_at, length=upload.size))


@tus.patch(
    "/{upload_id}",
    status_code=204,
    summary="Send the next piece",
    openapi_extra=_PIECE,
    responses=refusals(
        NoSuchUpload, rules.UploadGone, rules.WrongOffset, rules.NotAPiece, rules.ChecksumMismatch,
        rules.UploadTooLarge, Busy, NoRoom, UploadInterrupted,
    ),
)  # fmt: skip
async def append_piece(
    upload_id: UUID,
    request: Request,
    caller: Producer,
    spoken: Spoken,
    tx: Transaction,
    upload_offset: Annotated[str | None, Header()] = None,
    upload_checksum: Annotated[str | None, Header(description="`sha1` or `sha256`, and the sum in base64")] = None,
) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != rules.PIECE:
        raise rules.NotAPiece
    piece = taking.Piece(rules.count("Upload-Offset", upload_offset), rules.checksum(upload_checksum))
    await service.coming(tx, caller, upload_id)
    await tx.close()  # a piece may take minutes; no connection of the database is held meanwhile
    upload = await taking.append(request, caller, upload_id, piece)
    return Response(status_code=204, headers=rules.headers(upload.received, upload.expires_at))


@tus.delete("/{upload_id}", status_code=204, summary="Throw an upload away", responses=refusals(NoSuchUpload))
async def cancel_upload(upload_id: UUID, request: Request, caller: Producer, spoken: Spoken, tx: Transaction) -> None:
    await service.cancel(tx, caller, upload_id, settings_of(request))


@router.post(
    "/form",
    status_code=202,
    summary="Send files at once, as a form; for what is not worth resuming",
    openapi_extra=_FORM,
    responses=refusals(*UPLOAD_REFUSALS, *_ADMISSION, taking.NoFile),
)
async def upload_form(request: Request, caller: Producer, tx: Transaction) -> list[UploadShown]:
    await tx.close()
    return await taking.take_form(request, caller)


@router.get(
    "", summary="The caller's uploads, newest first; administrators see everybody's", responses=refusals(NoSuchUpload)
)
async def list_uploads(
    caller: Producer,
    tx: Transaction,
    cursor: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> UploadsListed:
    return await service.listed(tx, caller, after=cursor, limit=limit)


@router.get(
    "/events",
    status_code=200,
    summary="How the caller's uploads come along, as they do",
    response_class=EventStream,
    responses=refusals(TooManyStreams)
    | {200: {"model": Uploads, "description": "Server-sent events; the body of `uploads` is shown"}},
)
async def stream_uploads(request: Request, caller: Producer, tx: Transaction) -> EventStream:
    """First `uploads`, all that are on their way or ended within the hour; then `upload` for each that has changed, as
    `GET /library/uploads/{upload_id}` shows it."""
    await tx.close()
    watching: Watching = request.app.state.uploads
    watching.join()
    return EventStream(watching.events(caller), watching.leave)


@router.get("/{upload_id}", summary="What became of an upload", responses=refusals(NoSuchUpload))
async def show_upload(upload_id: UUID, caller: Producer, tx: Transaction) -> UploadShown:
    return await service.show(tx, caller, upload_id)
