"""Administrators' routes for other people's accounts."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.contracts.people import Role
from kit.db import Transaction, begin
from kit.refusal import refusals

from api.accounts import rules, staff
from api.accounts.caller import Admin
from api.accounts.leaving import withdraw_of
from api.accounts.passwords import Busy, Passwords, one_time_password
from api.accounts.queries import NoSuchUser
from api.accounts.schemas import Line, OneTimePassword, UserChange, UserForStaff, UsersPage
from api.ringing import ring_afterwards

router = APIRouter(prefix="/admin/users", tags=["people"], responses=refusals(NotAuthenticated, NotAllowed))
RUNG = [Depends(ring_afterwards, scope="function")]


@router.get("", summary="Accounts, in the order of their addresses")
async def list_users(
    _: Admin,
    tx: Transaction,
    search: Annotated[Line | None, Query(description="Part of the e-mail address or of the name shown")] = None,
    role: Role | None = None,
    blocked: bool | None = None,
    after: Annotated[Line | None, Query(description="`next_after` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> UsersPage:
    return await staff.show(tx, search=search, role=role, blocked=blocked, after=after, limit=limit)


@router.get("/{user_id}", summary="One account", responses=refusals(NoSuchUser))
async def show_user(user_id: UUID, _: Admin, tx: Transaction) -> UserForStaff:
    return UserForStaff.model_validate(await staff.find(tx, user_id))


@router.patch(
    "/{user_id}",
    summary="Role, limits, block: all count at once",
    responses=refusals(NoSuchUser, rules.LastAdministrator, rules.NotToYourself),
    dependencies=RUNG,
)
async def change_user(
    user_id: UUID, wish: UserChange, request: Request, caller: Admin, tx: Transaction
) -> UserForStaff:
    now = datetime.now(UTC)
    user = await staff.change(tx, caller, user_id, wish, withdraw=withdraw_of(request), now=now)
    return UserForStaff.model_validate(user)


@router.delete(
    "/{user_id}",
    status_code=204,
    summary="Delete an account and what it waits for",
    responses=refusals(NoSuchUser, rules.LastAdministrator, rules.NotToYourself),
    dependencies=RUNG,
)
async def delete_user(user_id: UUID, request: Request, caller: Admin, tx: Transaction) -> None:
    await staff.delete(tx, caller, user_id, withdraw=withdraw_of(request), now=datetime.now(UTC))


@router.post(
    "/{user_id}/password",
    summary="Give a one-time password; every session of the account ends",
    responses=refusals(NoSuchUser, Busy),
)
async def give_password(
    user_id: UUID, request: Request, response: Response, _: Admin, tx: Transaction
) -> OneTimePassword:
    await staff.find(tx, user_id)
    await tx.close()  # no connection is held while the password is hashed
    passwords: Passwords = request.app.state.passwords
    made = one_time_password()
    kept = await passwords.hash(made)
    async with begin(request) as later:
        await staff.give_password(later, user_id, kept)
    response.headers["Cache-Control"] = "no-store"
    return OneTimePassword(password=made)
