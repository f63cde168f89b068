"""Which part of a file a client wants, and whether it has it already (RFC 9110). Pure."""

import re
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from kit.refusal import Refusal

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


class RangeNotSatisfiable(Refusal):
    status = 416
    error_code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last that are wanted of a file; None for all of it.

    What is no range of bytes, or several at once, is passed over, as a server may. Raises `RangeNotSatisfiable`.
    """
    asked = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if asked is None:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        if int(last) == 0 or size == 0:
            raise RangeNotSatisfiable(size)
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeNotSatisfiable(size)
    return int(first), min(int(last) + 1, size) if last else size


def still_same(if_range: str | None, etag: str, modified: str) -> bool:
    """Whether the part that a client wants continues what it has: strong tags and exact times only."""
    return if_range is None or if_range.strip() in (etag, modified)


def has_it(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has just this file."""
    tags = (tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(","))
    return any(tag in (etag, "*") for tag in tags)


def http_date(moment: datetime) -> str:
    """A time, UTC, as HTTP has it."""
    return format_datetime(moment, usegmt=True)


def not_since(if_modified_since: str | None, changed_at: datetime) -> bool:
    """Whether nothing changed since the time that the client names; `changed_at` in whole seconds."""
    if not if_modified_since:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return since.tzinfo is not None and since >= changed_at
