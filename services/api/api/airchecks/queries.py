"""Selects on airchecks that are used more than once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.airchecks.cursor import Place
from api.airchecks.models import Aircheck
from api.airchecks.rules import Asking, Doing, NoSuchAircheck, Whose, require
from api.shows.models import Show

PUBLIC = Aircheck.published_at.is_not(None)
"""A published one is ready and not deleted: the table sees to it."""


@dataclass(frozen=True)
class Found:
    """An aircheck with what is said besides."""

    aircheck: Aircheck
    streamer: str | None
    owner_id: UUID | None
    show_explicit: bool | None

    @property
    def whose(self) -> Whose:
        """Who has to do with it."""
        return Whose(self.aircheck.streamer_id, self.owner_id, self.aircheck.published_at is not None)


@dataclass(frozen=True)
class Filter:
    """What is looked for; None is anything."""

    words: str = ""
    show_id: UUID | None = None
    streamer_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    published: bool | None = None
    kept: Literal["kept", "deleted", "discarded"] = "kept"
    """What can be heard or soon will be, what can be restored, or what was not worth keeping."""


def named() -> Select[Aircheck, str | None, UUID | None, bool | None]:
    """Airchecks with their streamers' names and what their shows say."""
    return (
        select(Aircheck, User.display_name, Show.owner_id, Show.explicit)
        .outerjoin(User, User.id == Aircheck.streamer_id)
        .outerjoin(Show, Show.id == Aircheck.show_id)
    )


async def one(tx: AsyncSession, asking: Asking, aircheck_id: UUID, what: Doing, *, lock: bool = False) -> Found:
    """An aircheck for somebody who may do this with it; raises `NoSuchAircheck` and `NotYourAircheck`."""
    query = named().where(Aircheck.id == aircheck_id)
    row = (await tx.execute(query.with_for_update(of=Aircheck) if lock else query)).one_or_none()
    if row is None:
        raise NoSuchAircheck
    found = Found(*row)
    require(asking, what, found.whose)
    return found


async def page(tx: AsyncSession, asking: Asking, wanted: Filter, *, after: Place | None, limit: int) -> list[Found]:
    """Airchecks that somebody may see, newest first."""
    query = named().where(_visible(asking), *_matching(wanted))
    if after:
        query = query.where(tuple_(Aircheck.began_at, Aircheck.id) < tuple_(after.began_at, after.id))
    rows = await tx.execute(query.order_by(Aircheck.began_at.desc(), Aircheck.id.desc()).limit(limit))
    return [Found(*row) for row in rows]


def _visible(asking: Asking) -> ColumnElement[bool]:
    """As `rules.may` has it, for a whole list."""
    if asking.is_producer:
        return true()
    if asking.id is None:
        return PUBLIC
    return or_(PUBLIC, Aircheck.streamer_id == asking.id, Show.owner_id == asking.id)


def _matching(wanted: Filter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [
        Aircheck.deleted_at.is_not(None) if wanted.kept == "deleted" else Aircheck.deleted_at.is_(None)
    ]
    if wanted.kept != "deleted":
        tests.append(Aircheck.state == "discarded" if wanted.kept == "discarded" else Aircheck.state != "discarded")
    if wanted.words:
        tests.append(Aircheck.search.op("@@")(func.websearch_to_tsquery("simple", wanted.words)))
    if wanted.show_id:
        tests.append(Aircheck.show_id == wanted.show_id)
    if wanted.streamer_id:
        tests.append(Aircheck.streamer_id == wanted.streamer_id)
    if wanted.since:
        tests.append(Aircheck.began_at >= wanted.since)
    if wanted.until:
        tests.append(Aircheck.began_at < wanted.until)
    if wanted.published is not None:
        tests.append(PUBLIC if wanted.published else Aircheck.published_at.is_(None))
    return tests
