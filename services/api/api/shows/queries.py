"""Selects on shows and those who may run them that are used more than once."""

from uuid import UUID

from kit.contracts.people import Role, reaches
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.accounts.queries import NoSuchUser
from api.shows.models import Show
from api.shows.rules import NoSuchShow, NotAStreamer


def may_stream(role: Role, *, blocked: bool) -> bool:
    """Whether somebody with this role goes live at all."""
    return not blocked and reaches(role, "streamer")


async def streamer(tx: AsyncSession, user_id: UUID) -> User:
    """Somebody who may go live; raises `NoSuchUser` and `NotAStreamer`."""
    user = await tx.get(User, user_id)
    if user is None:
        raise NoSuchUser
    if not may_stream(user.role, blocked=user.blocked_at is not None):
        raise NotAStreamer
    return user


async def show(tx: AsyncSession, show_id: UUID, *, lock: bool = False) -> Show:
    """One show; raises `NoSuchShow`."""
    found = await tx.get(Show, show_id, with_for_update=lock)
    if found is None:
        raise NoSuchShow
    return found
