"""Now, as the library means it: dates of tracks are moments, or days at the station."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request


@dataclass(frozen=True)
class Now:
    """The moment in UTC, and the day at the station."""

    at: datetime
    today: date

    @classmethod
    def there(cls, at: datetime, zone: ZoneInfo) -> "Now":
        """A moment, and the day that it is in at the station."""
        return cls(at, at.astimezone(zone).date())


def now_there(request: Request) -> Now:
    """When this request came in."""
    return Now.there(datetime.now(UTC), request.app.state.settings.zone)


NowThere = Annotated[Now, Depends(now_there)]
