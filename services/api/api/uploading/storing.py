"""The bytes of an upload on the disk: one writer at a time, and what counts as received is there for certain."""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from kit.refusal import Refusal
from starlette.requests import ClientDisconnect

from api.settings import Settings
from api.uploading.rules import Checksum, ChecksumMismatch, UploadGone, UploadTooLarge
from api.uploads import STALLED_AFTER, Body, NoRoom, UploadInterrupted

FLUSH_BYTES = 4_000_000
"""So much of a piece is held in memory, and is lost when the process dies."""
Confirm = Callable[[int], Awaitable[None]]
"""Told how many bytes are on the disk for certain."""


class Busy(Refusal):
    """Another request is writing to this upload."""

    status = 423
    error_code = "upload_busy"

    def __init__(self) -> None:
        super().__init__("Another request sends to this upload; try again in a moment.", headers={"Retry-After": "1"})


def folder_of(settings: Settings, upload: UUID) -> Path:
    """Where an upload is while it is on its way."""
    return settings.uploads_folder / str(upload)


def content_of(settings: Settings, upload: UUID) -> Path:
    """Its bytes."""
    return folder_of(settings, upload) / "content"


def make(settings: Settings, upload: UUID) -> None:
    """An empty file for a new upload; raises `NoRoom`."""
    try:
        folder_of(settings, upload).mkdir(parents=True)
        content_of(settings, upload).touch(exist_ok=False)
    except OSError as error:
        raise _no_room() from error


@asynccontextmanager
async def alone(path: Path) -> AsyncIterator[BinaryIO]:
    """The file, opened for whoever is first; raises `Busy`, and `UploadGone` when it is not there any more.

    The lock goes with the process that holds it.
    """
    try:
        file = path.open("r+b")
    except FileNotFoundError as error:
        raise UploadGone("It was thrown away.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield file


async def append(
    file: BinaryIO, body: Body, *, since: int, until: int, reserve_mb: int, checksum: Checksum | None, confirm: Confirm
) -> int:
    """Write a piece behind the first `since` bytes of a file that ends at `until`; returns how many there are then.

    What came before a break counts, and the refusal is raised after it was confirmed; of a piece with a checksum only
    the whole counts. Raises `UploadInterrupted`, `UploadTooLarge`, `ChecksumMismatch`, `NoRoom`.
    """
    file.truncate(since)
    file.seek(since)
    at, broken = since, None
    adding = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    waiting = bytearray()
    more = True
    while more:
        try:
            chunk = await body.next()
        except (ClientDisconnect, TimeoutError) as error:
            broken, chunk = error, None
        more = chunk is not None
        waiting += chunk or b""
        if at + len(waiting) > until:
            raise UploadTooLarge(f"It was to be {until} bytes long, and there is more.")
        if waiting and (len(waiting) >= FLUSH_BYTES or not more):
            await asyncio.to_thread(_write, file, bytes(waiting), reserve_mb)
            if adding:
                adding.update(waiting)
            at += len(waiting)
            waiting.clear()
            if not adding:
                await confirm(at)
    if broken:
        raise UploadInterrupted(f"Nothing came for {STALLED_AFTER:.0f} seconds, or the upload broke off.") from broken
    if adding and checksum:
        if adding.digest() != checksum.digest:
            raise ChecksumMismatch
        await confirm(at)
    return at


def _write(file: BinaryIO, data: bytes, reserve_mb: int) -> None:
    if shutil.disk_usage(file.name).free - len(data) < reserve_mb * 1_000_000:
        raise NoRoom("The station's disk is nearly full; tell its staff.")
    try:
        file.write(data)
        file.flush()
        os.fdatasync(file.fileno())
    except OSError as error:
        raise _no_room() from error


def _no_room() -> NoRoom:
    return NoRoom("The station's disk does not take it; tell its staff.")
