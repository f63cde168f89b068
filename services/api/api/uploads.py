"""Reading a multipart body that may hold large files: straight to the disk, within limits, leaving nothing on an error.

A route that takes uploads declares the caller first, so that nobody else's body is read, and reads the body itself:

    await tx.close()  # an upload may take minutes; no connection of the database is held meanwhile
    received = await receive(request, limit_bytes=…, folder=settings.incoming_folder / str(item_id), fields=("url",))
    async with begin(request) as tx:  # kit.db
        …

What was received belongs to the caller from then on; `discard(folder)` takes it away again.
"""

import asyncio
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from kit.refusal import Refusal
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.form import Form, MalformedForm, ReceivedFile, TooLarge

STALLED_AFTER = 30.0
"""Seconds without a byte after which an upload is given up."""
LINGER = 2.0
"""Seconds for which the rest of a refused body is read and thrown away: a connection that is closed before that is
reset, and the client never sees the refusal."""
FLUSH_BYTES = 1_000_000
"""So much of a body is held in memory."""


class NotMultipart(Refusal):
    status = 415
    error_code = "not_multipart"


class UploadInterrupted(Refusal):
    """The sender fell silent or left."""

    status = 408
    error_code = "upload_interrupted"


class NoRoom(Refusal):
    """The disk's reserve is not for uploads."""

    status = 507
    error_code = "disk_full"


UPLOAD_REFUSALS = (NotMultipart, MalformedForm, TooLarge, UploadInterrupted, NoRoom)
"""What `receive` raises, for a route's `responses=refusals(…)`."""


@dataclass(frozen=True)
class Received:
    """A whole body: its fields, and its files in the order in which they came."""

    fields: Mapping[str, str]
    files: tuple[ReceivedFile, ...]


async def receive(
    request: Request,
    *,
    limit_bytes: int,
    folder: Path,
    fields: Collection[str] = (),
    most_files: int = 1,
    reserve_mb: int = 0,
) -> Received:
    """Read the body of `request` into `folder`, which is made for it and is gone again after any error.

    Files come as parts named `file`, at most `most_files`, together at most `limit_bytes` long; text as parts named in
    `fields`, once each. A file input that was left empty counts as not sent; a named file of 0 bytes is received.
    `reserve_mb` of the disk are left free. Raises one of `UPLOAD_REFUSALS`.
    """
    boundary = _boundary(request)
    try:
        form = Form(boundary, folder, fields=fields, most_files=most_files, limit_bytes=limit_bytes)
    except FormParserError as error:
        raise MalformedForm("The form's boundary is too long.") from error
    body = Body(request)
    folder.mkdir(parents=True)
    try:
        try:
            await _read(body, form, reserve_mb)
        finally:
            form.close()
        return Received(form.fields, tuple(form.files))
    except BaseException as error:
        discard(folder)
        if isinstance(error, Refusal):
            await body.drain()
        raise


def discard(folder: Path) -> None:
    """Take away what was received."""
    shutil.rmtree(folder, ignore_errors=True)


def body_of(properties: Mapping[str, Any], *, required: Collection[str] = ()) -> dict[str, Any]:
    """The `openapi_extra=` of a route that calls `receive`: its body's fields as JSON schemas."""
    schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise NotMultipart("Send the body as multipart/form-data.")
    return options[b"boundary"]


class Body:
    """The body as the server hands it out; unlike the request's own stream it can be read on after an error."""

    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._more = True

    async def next(self) -> bytes | None:
        """The next piece, None at the end; raises `ClientDisconnect` and `TimeoutError`."""
        if not self._more:
            return None
        async with asyncio.timeout(STALLED_AFTER):
            message = await self._receive()
        if message["type"] == "http.disconnect":
            self._more = False
            raise ClientDisconnect
        self._more = message.get("more_body", False)
        return bytes(message.get("body", b""))

    async def drain(self) -> None:
        """Read on for a moment."""
        with suppress(TimeoutError, ClientDisconnect, HTTPException):
            async with asyncio.timeout(LINGER):
                while await self.next() is not None:
                    pass


async def _read(body: Body, form: Form, reserve_mb: int) -> None:
    try:
        while (chunk := await body.next()) is not None:
            form.write(chunk)
            if form.pending_bytes >= FLUSH_BYTES:
                await _flush(form, reserve_mb)
        form.finish()
        await _flush(form, reserve_mb)
    except FormParserError as error:
        raise MalformedForm("The body is no well-formed multipart form.") from error
    except ClientDisconnect as error:
        raise UploadInterrupted("The upload broke off.") from error
    except TimeoutError as error:
        raise UploadInterrupted(f"Nothing came for {STALLED_AFTER:.0f} seconds; send it again.") from error
    except OSError as error:
        raise NoRoom("The station's disk does not take it; tell its staff.") from error


async def _flush(form: Form, reserve_mb: int) -> None:
    if shutil.disk_usage(form.folder).free - form.pending_bytes < reserve_mb * 1_000_000:
        raise NoRoom("The station's disk is nearly full; tell its staff.")
    await asyncio.to_thread(form.flush)
