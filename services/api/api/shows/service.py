"""Making, changing and listing shows."""

from uuid import UUID

import structlog
from kit.auth import NotAllowed
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.shows import queries
from api.shows.models import Show, ShowTime
from api.shows.rules import ShowNameTaken, require_may_change
from api.shows.schemas import ShowChange, ShowMade, WeeklyTimeShown

logger = structlog.get_logger()
PRODUCERS_CHANGE = {"name", "owner_id"}


async def count(tx: AsyncSession) -> int:
    """How many shows there are."""
    return await tx.scalar(select(func.count()).select_from(Show)) or 0


async def page(tx: AsyncSession, *, offset: int, limit: int) -> list[Show]:
    """Shows in the order of their names."""
    return list(await tx.scalars(select(Show).order_by(Show.name).offset(offset).limit(limit)))


async def make(tx: AsyncSession, wish: ShowMade) -> Show:
    """A new show; raises `ShowNameTaken`, and what its owner may be refused for."""
    if wish.owner_id:
        await queries.streamer(tx, wish.owner_id)
    show = Show(**wish.model_dump(exclude={"schedule"}))
    tx.add(show)
    await _save(tx)
    _schedule(tx, show.id, wish.schedule)
    await tx.refresh(show)
    logger.info("show_made", show_id=str(show.id))
    return show


async def change(tx: AsyncSession, caller: Caller, show_id: UUID, wish: ShowChange) -> Show:
    """Change what was sent; raises as `make`, `NoSuchShow`, `NotYourShow` and `NotAllowed`."""
    show = await to_change(tx, caller, show_id)
    if not caller.may_act_as("producer") and wish.model_fields_set & PRODUCERS_CHANGE:
        raise NotAllowed("Only a producer gives a show another name or another owner.")
    if wish.owner_id:
        await queries.streamer(tx, wish.owner_id)
    for name in wish.model_fields_set - {"schedule"}:
        setattr(show, name, getattr(wish, name))
    if "schedule" in wish.model_fields_set:
        await tx.execute(delete(ShowTime).where(ShowTime.show_id == show.id))
        _schedule(tx, show.id, wish.schedule)
    await _save(tx)
    await tx.refresh(show)
    return show


async def to_change(tx: AsyncSession, caller: Caller, show_id: UUID) -> Show:
    """A show, locked, for somebody who may change it; raises `NoSuchShow` and `NotYourShow`."""
    show = await queries.show(tx, show_id, lock=True)
    require_may_change(show.owner_id, caller.id, is_producer=caller.may_act_as("producer"))
    return show


async def delete_show(tx: AsyncSession, show_id: UUID) -> None:
    """Tokens, bookings and recordings of it stay, without a show; raises `NoSuchShow`."""
    await tx.delete(await queries.show(tx, show_id, lock=True))
    logger.info("show_deleted", show_id=str(show_id))


def _schedule(tx: AsyncSession, show_id: UUID, schedule: list[WeeklyTimeShown]) -> None:
    tx.add_all(ShowTime(show_id=show_id, **one.model_dump()) for one in schedule)


async def _save(tx: AsyncSession) -> None:
    try:
        await tx.flush()
    except IntegrityError as error:
        raise ShowNameTaken from error
