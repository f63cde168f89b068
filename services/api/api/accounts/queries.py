"""Selects on accounts that are used more than once."""

from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User


class EmailTaken(Refusal):
    error_code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address.")


class NoSuchUser(Refusal):
    status = 404
    error_code = "no_such_user"

    def __init__(self) -> None:
        super().__init__("There is no such account.")


async def by_email(tx: AsyncSession, email: str) -> User | None:
    """The account with this address, in lower case."""
    user: User | None = await tx.scalar(select(User).where(User.email == email))
    return user


async def lock_with_administrators(tx: AsyncSession, user_id: UUID) -> tuple[User, int]:
    """An account, and how many administrators may work now; neither changes until this transaction ends.

    Administrators are locked first and in one order: two that remove each other wait here, and the second sees what
    the first did. Raises `NoSuchUser`.
    """
    working = select(User.id).where(User.role == "admin", User.blocked_at.is_(None)).order_by(User.id)
    administrators = (await tx.scalars(working.with_for_update())).all()
    user = await tx.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NoSuchUser
    return user, len(administrators)


async def save(tx: AsyncSession) -> None:
    """Write what changed about an account; raises `EmailTaken`."""
    try:
        await tx.flush()
    except IntegrityError as error:
        raise EmailTaken from error
