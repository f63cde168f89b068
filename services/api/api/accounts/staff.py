"""What administrators do with other people's accounts."""

from datetime import datetime
from uuid import UUID

import structlog
from kit.contracts.people import Role
from kit.refusal import Refusal
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts import queries, rules, sessions
from api.accounts.caller import Caller
from api.accounts.leaving import Withdraw
from api.accounts.models import User
from api.accounts.schemas import UserChange, UserForStaff, UsersPage

logger = structlog.get_logger()


class NothingToChange(Refusal):
    status = 422
    error_code = "invalid_input"


async def show(
    tx: AsyncSession, *, search: str | None, role: Role | None, blocked: bool | None, after: str | None, limit: int
) -> UsersPage:
    """Accounts in the order of their addresses, from the one after `after`."""
    query = select(User).order_by(User.email).limit(limit + 1)
    if search:
        query = query.where(
            or_(User.email.icontains(search, autoescape=True), User.display_name.icontains(search, autoescape=True))
        )
    if role:
        query = query.where(User.role == role)
    if blocked is not None:
        query = query.where(User.blocked_at.is_not(None) == blocked)
    if after:
        query = query.where(User.email > after)
    rows = (await tx.scalars(query)).all()
    items = [UserForStaff.model_validate(row) for row in rows[:limit]]
    return UsersPage(items=items, next_after=items[-1].email if len(rows) > limit else None)


async def find(tx: AsyncSession, user_id: UUID) -> User:
    """One account; raises `NoSuchUser`."""
    user = await tx.get(User, user_id)
    if user is None:
        raise queries.NoSuchUser
    return user


async def change(
    tx: AsyncSession, caller: Caller, user_id: UUID, wish: UserChange, *, withdraw: Withdraw, now: datetime
) -> User:
    """Give a role or limits, block or unblock. A block ends every session and takes out what waits."""
    if not wish.model_fields_set:
        raise NothingToChange("Say what is to change.")
    user, administrators = await queries.lock_with_administrators(tx, user_id)
    was_blocked = user.blocked_at is not None
    role = wish.role if "role" in wish.model_fields_set else user.role
    blocked = wish.blocked if "blocked" in wish.model_fields_set else was_blocked
    if blocked and not was_blocked and caller.id == user_id:
        raise rules.NotToYourself("Nobody blocks themselves.")
    rules.require_another_administrator(
        is_one=rules.is_administrator(user.role, blocked=was_blocked),
        stays_one=rules.is_administrator(role, blocked=blocked),
        administrators=administrators,
    )
    user.role = role
    for name in {"max_queue_songs", "max_add_requests"} & wish.model_fields_set:
        setattr(user, name, getattr(wish, name))
    if blocked != was_blocked:
        user.blocked_at = now if blocked else None
    if blocked and not was_blocked:
        await sessions.end_all(tx, user_id)
        await withdraw(tx, user_id=user_id, now=now)
    logger.info("account_changed", user_id=str(user_id), role=role, blocked=blocked, by=str(caller.id or caller.kind))
    return user


async def delete(tx: AsyncSession, caller: Caller, user_id: UUID, *, withdraw: Withdraw, now: datetime) -> None:
    """Delete an account and what it waits for."""
    if caller.id == user_id:
        raise rules.NotToYourself("To delete your own account use DELETE /users/me.")
    user, administrators = await queries.lock_with_administrators(tx, user_id)
    is_one = rules.is_administrator(user.role, blocked=user.blocked_at is not None)
    rules.require_another_administrator(is_one=is_one, stays_one=False, administrators=administrators)
    await withdraw(tx, user_id=user_id, now=now)
    await tx.delete(user)
    logger.info("account_deleted", user_id=str(user_id), by=str(caller.id or caller.kind))


async def give_password(tx: AsyncSession, user_id: UUID, kept: str) -> None:
    """Replace a password by one that has to be changed; every session ends. `kept` is its hash."""
    user = await tx.get(User, user_id, with_for_update=True)
    if user is None:
        raise queries.NoSuchUser
    user.password_hash, user.must_change_password = kept, True
    await sessions.end_all(tx, user_id)
    logger.info("one_time_password_given", user_id=str(user_id))
