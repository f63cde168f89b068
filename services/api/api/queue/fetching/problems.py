"""yt-dlp's errors, as reasons."""

import errno
from collections.abc import Iterator

from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
from yt_dlp.utils import (
    ContentTooShortError,
    DownloadCancelled,
    DownloadError,
    ExtractorError,
    UnsupportedError,
    UserNotLive,
)

from api.queue.rules import FailureReason

_GONE = (404, 410)
_ON_THE_DISK: dict[int | None, FailureReason] = {
    errno.EFBIG: "too_large",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
}
_NOTHING_THERE = ("No video formats found", "Did not get any data blocks")
"""yt-dlp has only words for pages without media, and for empty files."""
_KINDS: tuple[tuple[type[BaseException], FailureReason], ...] = (
    (UserNotLive, "live_stream"),
    (UnsupportedError, "not_audio"),
    (TransportError, "unreachable"),
    (ContentTooShortError, "source_failed"),
    (RequestError, "source_failed"),
)


class Stopped(DownloadCancelled):  # type: ignore[misc]  # yt-dlp is untyped
    """What is offered is not taken; yt-dlp lets this pass through."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason: FailureReason = reason


def reason_of(error: BaseException) -> FailureReason:
    """The first reason that the error or one of its causes gives."""
    for one in _causes(error):
        reason = _reason(one)
        if reason:
            return reason
    return "source_failed"


def _reason(error: BaseException) -> FailureReason | None:
    if isinstance(error, Stopped):
        return error.reason
    if isinstance(error, HTTPError):
        return "not_found" if error.status in _GONE else "source_failed"
    if isinstance(error, ExtractorError | DownloadError) and any(words in str(error) for words in _NOTHING_THERE):
        return "not_audio"
    if isinstance(error, OSError) and error.errno in _ON_THE_DISK:
        return _ON_THE_DISK[error.errno]
    return next((reason for kind, reason in _KINDS if isinstance(error, kind)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        told = getattr(one, "exc_info", None)
        ahead += [told[1] if isinstance(told, tuple) else None, getattr(one, "cause", None)]
        ahead += [one.__cause__, one.__context__]
