"""A show as everybody sees it: with its owner's name, its artwork's addresses, and when it airs next."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.shows import pictures
from api.shows.models import Show, ShowTime
from api.shows.rules import WEEKDAYS, WeeklyTime, next_times
from api.shows.schemas import AiringShown, Artwork, ShowShown, WeeklyTimeShown

NEXT = 5
"""Airings to come that are shown."""


async def shown(tx: AsyncSession, shows: Sequence[Show], *, zone: tzinfo, now: datetime) -> list[ShowShown]:
    """These shows, in their order. `zone` is the station's."""
    owners = {show.owner_id for show in shows if show.owner_id}
    rows = await tx.execute(select(User.id, User.display_name).where(User.id.in_(owners)))
    names: dict[UUID, str | None] = {row.id: row.display_name for row in rows}
    times = await _times(tx, [show.id for show in shows])
    return [
        _shown(show, names.get(show.owner_id) if show.owner_id else None, times[show.id], zone, now) for show in shows
    ]


async def _times(tx: AsyncSession, shows: Sequence[UUID]) -> dict[UUID, list[WeeklyTime]]:
    found: dict[UUID, list[WeeklyTime]] = {show: [] for show in shows}
    for row in await tx.scalars(select(ShowTime).where(ShowTime.show_id.in_(shows))):
        found[row.show_id].append(WeeklyTime(row.weekday, row.starts, row.minutes))
    for times in found.values():
        times.sort(key=lambda one: (WEEKDAYS.index(one.weekday), one.starts))
    return found


def artwork_of(show: Show) -> Artwork | None:
    """Where the front door serves a show's picture; None when it has none."""
    if show.artwork is None or show.artwork_pixels is None:
        return None
    small, medium, large = (f"/artwork/{pictures.FOLDER}/{name}" for name in pictures.names(show.id, show.artwork))
    return Artwork(small=small, medium=medium, large=large, pixels=show.artwork_pixels)


def _shown(show: Show, owner: str | None, times: list[WeeklyTime], zone: tzinfo, now: datetime) -> ShowShown:
    return ShowShown(
        id=show.id,
        name=show.name,
        host=show.host,
        description=show.description,
        language=show.language,
        category=show.category,
        explicit=show.explicit,
        artwork=artwork_of(show),
        schedule=[WeeklyTimeShown.model_validate(one) for one in times],
        next_times=[AiringShown.model_validate(one) for one in next_times(times, zone, now, count=NEXT)],
        owner_id=show.owner_id,
        owner=owner,
        created_at=show.created_at,
    )
