"""Which tracks an act is about: named one by one, or all that a filter finds."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from kit.refusal import Refusal
from pydantic import Field, model_validator
from sqlalchemy import not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.schemas import Sent
from api.library.finding import compiling
from api.library.finding.models import TrackIndex
from api.library.finding.rules import Group, check, fields_of
from api.library.moment import Now

MOST_AT_ONCE = 20_000
"""Tracks that one act may change."""


class OtherNumber(Refusal):
    """The filter finds other tracks than somebody looked at."""

    error_code = "other_number"


class TooManyTracks(Refusal):
    status = 422
    error_code = "too_many_tracks"

    def __init__(self) -> None:
        super().__init__(f"This filter finds more than {MOST_AT_ONCE} tracks; act on fewer at once.")


class Selection(Sent):
    """These tracks, or all that a filter finds; deleted ones only when it speaks of `deleted`."""

    track_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    filter: Group | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Selection":
        if (self.track_ids is None) == (self.filter is None):
            raise ValueError("send either track_ids or filter")
        return self


async def tracks_of(tx: AsyncSession, which: Selection, now: Now, *, expected: int | None = None) -> Sequence[UUID]:
    """The tracks of a selection by their ids; raises `BadFilter`, `TooManyTracks`, and `OtherNumber` than expected."""
    found = await _found(tx, which.filter, now) if which.filter else sorted(set(which.track_ids or ()))
    if expected is not None and len(found) != expected:
        raise OtherNumber(f"It is about {len(found)} tracks by now, not {expected}; look at them again.")
    return found


async def _found(tx: AsyncSession, filter: Group, now: Now) -> Sequence[UUID]:
    tree = check(filter)
    query = select(TrackIndex.track_id).where(compiling.condition(tree, now))
    if "deleted" not in fields_of(tree):
        query = query.where(not_(TrackIndex.deleted))
    found = (await tx.scalars(query.order_by(TrackIndex.track_id).limit(MOST_AT_ONCE + 1))).all()
    if len(found) > MOST_AT_ONCE:
        raise TooManyTracks
    return found
