"""Where a page of airchecks ends: by when it began and by id, so that nothing that comes or goes moves the next one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Just behind an aircheck in a list."""

    began_at: datetime
    id: UUID


def write(place: Place) -> str:
    """A place as a client keeps it."""
    return f"{(place.began_at - _EPOCH) // _MICROSECOND}.{place.id.hex}"


def read(text: str) -> Place:
    """The place that `write` wrote; raises `ValueError`."""
    moment, _, identity = text.partition(".")
    try:
        return Place(_EPOCH + int(moment) * _MICROSECOND, UUID(hex=identity))
    except (ValueError, OverflowError) as error:
        raise ValueError("must be `next` of the page before") from error


def _valid(text: str) -> str:
    read(text)
    return text


Cursor = Annotated[str, StringConstraints(max_length=64, pattern=r"^-?\d{1,18}\.[0-9a-f]{32}$"), AfterValidator(_valid)]
