"""Making, changing and listing shows."""

from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.shows import queries
from api.shows.models import Show
from api.shows.rules import ShowNameTaken
from api.shows.schemas import ShowChange, ShowMade, ShowShown, ShowsPage

logger = structlog.get_logger()


async def list_shows(tx: AsyncSession, *, offset: int, limit: int) -> ShowsPage:
    """Shows in the order of their names."""
    total = await tx.scalar(select(func.count()).select_from(Show)) or 0
    rows = await tx.execute(
        select(Show, User.display_name).outerjoin(User).order_by(Show.name).offset(offset).limit(limit)
    )
    return ShowsPage(items=[_shown(show, name) for show, name in rows], total=total)


async def find(tx: AsyncSession, show_id: UUID) -> ShowShown:
    """One show; raises `NoSuchShow`."""
    return await _with_owner(tx, await queries.show(tx, show_id))


async def make(tx: AsyncSession, wish: ShowMade) -> ShowShown:
    """A new show; raises `ShowNameTaken`, and what its owner may be refused for."""
    if wish.owner_id:
        await queries.streamer(tx, wish.owner_id)
    show = Show(name=wish.name, description=wish.description, owner_id=wish.owner_id)
    tx.add(show)
    await _save(tx)
    await tx.refresh(show)
    logger.info("show_made", show_id=str(show.id))
    return await _with_owner(tx, show)


async def change(tx: AsyncSession, show_id: UUID, wish: ShowChange) -> ShowShown:
    """Change what was sent; raises as `make`, and `NoSuchShow`."""
    show = await queries.show(tx, show_id, lock=True)
    if wish.owner_id:
        await queries.streamer(tx, wish.owner_id)
    for name in wish.model_fields_set:
        setattr(show, name, getattr(wish, name))
    await _save(tx)
    return await _with_owner(tx, show)


async def delete(tx: AsyncSession, show_id: UUID) -> None:
    """Tokens and bookings for it stay good, without a show; raises `NoSuchShow`."""
    await tx.delete(await queries.show(tx, show_id, lock=True))
    logger.info("show_deleted", show_id=str(show_id))


async def _save(tx: AsyncSession) -> None:
    try:
        await tx.flush()
    except IntegrityError as error:
        raise ShowNameTaken from error


async def _with_owner(tx: AsyncSession, show: Show) -> ShowShown:
    owner = await tx.get(User, show.owner_id) if show.owner_id else None
    return _shown(show, owner.display_name if owner else None)


def _shown(show: Show, owner: str | None) -> ShowShown:
    return ShowShown.model_validate(show).model_copy(update={"owner": owner})
