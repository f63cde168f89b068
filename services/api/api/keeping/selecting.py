"""Which tracks an act is about."""

from collections.abc import Sequence
from uuid import UUID

from kit.refusal import Refusal

from api.keeping.schemas import Selection


class OtherNumber(Refusal):
    """The filter finds other tracks than somebody looked at."""

    error_code = "other_number"


def tracks_of(which: Selection, *, expected: int | None) -> Sequence[UUID]:
    """The tracks of a selection; raises `OtherNumber`."""
    found = sorted(set(which.track_ids))
    if expected is not None and len(found) != expected:
        raise OtherNumber(f"It is about {len(found)} tracks by now, not {expected}; look at them again.")
    return found
