"""Where a page ended, for whoever asks for the next: opaque to them, and looked at with suspicion when it returns."""

import base64
import binascii
import json
import math
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from kit.refusal import Refusal

LONGEST = 2000


class BadCursor(Refusal):
    """Not what a page ended with, or of another search."""

    status = 422
    error_code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not of this search; begin with the first page.")


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: what it was sorted by, and its id. `alike`: the words were taken for typing errors."""

    key: str | float | datetime
    id: UUID
    alike: bool = False


def mark(*asked: object) -> str:
    """What makes a search that search: a cursor is good for it alone."""
    return sha256(repr(asked).encode()).hexdigest()[:16]


def write(cursor: Cursor, of: str) -> str:
    """A cursor of the search marked `of`, as a text for an address."""
    key: Any = {"t": cursor.key.isoformat()} if isinstance(cursor.key, datetime) else cursor.key
    said = json.dumps([of, key, cursor.id.hex, cursor.alike], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read(text: str, of: str, kind: type[str] | type[float] | type[datetime]) -> Cursor:
    """The cursor of a search whose rows are sorted by values of a kind; raises `BadCursor`."""
    try:
        mark_, key, item, alike = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(key, dict):
            key = datetime.fromisoformat(key["t"])
        if kind is float and isinstance(key, int) and not isinstance(key, bool):
            key = float(key)
        cursor = Cursor(key, UUID(hex=item), bool(alike))
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if mark_ != of or not isinstance(cursor.key, kind) or not _sound(cursor.key):
        raise BadCursor
    return cursor


def _sound(key: str | float | datetime) -> bool:
    if isinstance(key, str):
        return len(key) <= LONGEST and "\0" not in key
    if isinstance(key, datetime):
        return key.utcoffset() is not None
    return math.isfinite(key)
