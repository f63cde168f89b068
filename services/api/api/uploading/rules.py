"""What the protocol of resumable uploads (tus 1.0) asks of a request, and what the station takes. Bytes."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kit.refusal import Refusal

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
PIECE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256")
LONGEST_METADATA = 8_000

UploadState = Literal["receiving", "waiting", "checking", "copying", "ready", "refused"]
"""Bytes are missing; all are there; being looked at; its on-air copy is made; in the library; not taken, and why."""
RefusedFor = Literal["duplicate", "not_playable", "checksum", "disk_full", "expired"]
ENDED: tuple[UploadState, ...] = ("ready", "refused")


class WrongProtocol(Refusal):
    """Another version, or none, of the protocol."""

    status = 412
    error_code = "wrong_protocol"

    def __init__(self) -> None:
        super().__init__(f"Send 'Tus-Resumable: {VERSION}'.", headers={"Tus-Version": VERSION})


class Malformed(Refusal):
    status = 400
    error_code = "malformed_header"


class NotAPiece(Refusal):
    status = 415
    error_code = "not_a_piece"

    def __init__(self) -> None:
        super().__init__(f"Send a piece as '{PIECE}'.")


class WrongOffset(Refusal):
    status = 409
    error_code = "wrong_offset"

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here: go on there.", headers={"Upload-Offset": str(received)})


class UploadTooLarge(Refusal):
    status = 413
    error_code = "too_large"


class EmptyUpload(Refusal):
    status = 422
    error_code = "empty_file"

    def __init__(self) -> None:
        super().__init__("The file is empty.")


class TooManyUploads(Refusal):
    status = 429
    error_code = "too_many_uploads"


class QuotaReached(Refusal):
    """Uploads have all the room that they are given."""

    status = 507
    error_code = "quota_reached"


class ChecksumMismatch(Refusal):
    status = 460
    error_code = "checksum_mismatch"

    def __init__(self) -> None:
        super().__init__("The piece is not what its checksum says; send it again.")


class UploadGone(Refusal):
    """It has ended: nothing can be added to it."""

    status = 410
    error_code = "upload_ended"


@dataclass(frozen=True)
class Checksum:
    """What a piece must add up to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Use:
    """What uploads take at the moment: the room of all of them, of those on their way, and how many of these are the
    caller's."""

    kept: int
    coming: int
    missing: int
    """Bytes that those on their way have not written yet."""
    mine: int


@dataclass(frozen=True)
class Bounds:
    """What uploads may take; a quota of 0 is none."""

    largest: int
    quota: int
    open_uploads: int


def require_version(sent: str | None) -> None:
    """Refuse another version of the protocol."""
    if sent != VERSION:
        raise WrongProtocol


def count(name: str, sent: str | None) -> int:
    """The number of bytes in a header; refuses any other text."""
    if not re.fullmatch(r"[0-9]{1,18}", sent or ""):
        raise Malformed(f"{name} must be a number of bytes.")
    return int(sent or "")


def metadata(sent: str | None) -> dict[str, str]:
    """The pairs of `Upload-Metadata`: a key and, in base64, its value; commas between them."""
    if len(sent or "") > LONGEST_METADATA:
        raise Malformed(f"Upload-Metadata may be at most {LONGEST_METADATA} characters long.")
    pairs: dict[str, str] = {}
    for pair in sent.split(",") if sent else ():
        key, _, value = pair.strip().partition(" ")
        if not re.fullmatch(r"[!-+\--~]+", key) or key in pairs:
            raise Malformed("Upload-Metadata must hold pairs of a key and its value in base64, each key once.")
        pairs[key] = _plain("Upload-Metadata", value.strip()).decode("utf-8", "replace")
    return pairs


def checksum(sent: str | None) -> Checksum | None:
    """What `Upload-Checksum` promises, if it was sent."""
    if sent is None:
        return None
    algorithm, _, digest = sent.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Malformed(f"Upload-Checksum must use one of: {', '.join(ALGORITHMS)}.")
    return Checksum(algorithm, _plain("Upload-Checksum", digest))


def admit(length: int, use: Use, bounds: Bounds) -> None:
    """Refuse an upload of this length that would pass the station's bounds."""
    if length == 0:
        raise EmptyUpload
    if length > bounds.largest:
        raise UploadTooLarge(f"It may be at most {bounds.largest / 1_000_000:g} MB.")
    if use.mine >= bounds.open_uploads:
        raise TooManyUploads(f"{use.mine} of your uploads are on their way; finish some of them first.")
    if bounds.quota and use.kept + use.coming + length > bounds.quota:
        raise QuotaReached("The library's room for uploads is used up; tell the station's staff.")


def require_offset(sent: int, received: int) -> None:
    """Refuse a piece that does not go on where the last one ended."""
    if sent != received:
        raise WrongOffset(received)


def require_welcome(state: UploadState, problem: str | None) -> None:
    """Refuse to speak of an upload that came to nothing."""
    if state == "refused":
        raise UploadGone(problem or "It was refused.")


def headers(received: int, expires_at: datetime, *, length: int | None = None) -> dict[str, str]:
    """How far an upload is, and until when it may come; `expires_at` in UTC."""
    said = {"Upload-Offset": str(received), "Upload-Expires": expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    return said if length is None else {**said, "Upload-Length": str(length), "Cache-Control": "no-store"}


def _plain(header: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"{header} is not in base64.") from error
