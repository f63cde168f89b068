"""Which tracks an act is about."""

from collections.abc import Sequence
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api.keeping.schemas import MOST_AT_ONCE, Selection
from api.library.finding import rules, service
from api.library.finding.compiling import Now


class TooManyTracks(Refusal):
    status = 422
    error_code = "too_many_tracks"

    def __init__(self) -> None:
        super().__init__(f"The filter holds more than {MOST_AT_ONCE} tracks, too many for one act; narrow it down.")


class OtherNumber(Refusal):
    """The filter holds other tracks than somebody looked at."""

    error_code = "other_number"


async def tracks_of(tx: AsyncSession, which: Selection, now: Now, *, expected: int | None) -> Sequence[UUID]:
    """The tracks of a selection, in the order of their ids; raises `BadFilter`, `TooManyTracks` and `OtherNumber`."""
    found = set(which.track_ids or ())
    if which.filter is not None:
        found = set(await service.ids_of(tx, rules.check(which.filter), now, most=MOST_AT_ONCE + 1))
    if len(found) > MOST_AT_ONCE:
        raise TooManyTracks
    if expected is not None and len(found) != expected:
        raise OtherNumber(f"It is about {len(found)} tracks by now, not {expected}; look at them again.")
    return sorted(found)
