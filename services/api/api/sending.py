"""Sending a file as players want it: parts of it, only when it changed, under a good name.

A file that grows meanwhile is sent as long as it was in the beginning; Starlette's FileResponse would send more than it
announced.
"""

import re
import unicodedata
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import anyio
from fastapi import Request, Response
from kit.refusal import Refusal
from starlette.responses import StreamingResponse

from api import ranges

How = Literal["inline", "attachment"]
"""Played where it is, or saved."""
CHUNK = 256 * 1024
PARTIAL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "The whole file"},
    206: {"description": "The part that was asked for with Range"},
    304: {"description": "If-None-Match named this file"},
}
"""The `responses=` of a route that sends a file, besides its refusals."""


class NoSuchFile(Refusal):
    """The row is there and its file is not: somebody looks after the disk."""

    status = 404
    error_code = "no_such_file"

    def __init__(self) -> None:
        super().__init__("This file is not there.")


FILE_REFUSALS = (NoSuchFile, ranges.RangeNotSatisfiable)


async def send(request: Request, path: Path, *, kind: str, title: str, how: How, cached: str) -> Response:
    """The file, or what is wanted of it; raises one of `FILE_REFUSALS`.

    `kind` is its media type, `title` what it is called when it is saved, `cached` the Cache-Control header.
    """
    try:
        file = await anyio.open_file(path, "rb")
    except FileNotFoundError as error:
        raise NoSuchFile from error
    try:
        stat = await anyio.Path(path).stat()
        etag = f'"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        modified = formatdate(stat.st_mtime, usegmt=True)
        headers = {
            "Accept-Ranges": "bytes",
            "ETag": etag,
            "Last-Modified": modified,
            "Cache-Control": cached,
            "Content-Disposition": disposition(how, title, path.suffix),
        }
        if ranges.has_it(request.headers.get("if-none-match"), etag):
            await file.aclose()
            return Response(status_code=304, headers=headers)
        part = None
        if request.method == "GET" and ranges.still_same(request.headers.get("if-range"), etag, modified):
            part = ranges.wanted(request.headers.get("range"), stat.st_size)
        first, end = part or (0, stat.st_size)
        headers["Content-Length"] = str(end - first)
        if part:
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{stat.st_size}"
    except BaseException:
        await file.aclose()
        raise
    status = 206 if part else 200
    if request.method == "HEAD":
        await file.aclose()
        return Response(status_code=status, headers=headers, media_type=kind)
    return StreamingResponse(_read(file, first, end), status, headers, media_type=kind)


async def _read(file: anyio.AsyncFile[bytes], first: int, end: int) -> AsyncIterator[bytes]:
    try:
        await file.seek(first)
        while first < end and (chunk := await file.read(min(CHUNK, end - first))):
            first += len(chunk)
            yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await file.aclose()


def disposition(how: How, title: str, suffix: str) -> str:
    """What a browser does with a file and calls it (RFC 6266): a name in ASCII, and the right one."""
    name = _as_name(title)
    plain = _as_name(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode())
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name + suffix, safe='')}"
    return f'{how}; filename="{plain}{suffix}"{exact}'


def _as_name(title: str) -> str:
    return re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f]+', "-", title).strip(" .") or "file"
