"""Routes of one's own account."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import Refusal, refusals
from sqlalchemy import select

from api.accounts import rules, service, sessions
from api.accounts.caller import PasswordMustBeChanged, Person, SignedIn
from api.accounts.models import Session, User
from api.accounts.passwords import Busy
from api.accounts.queries import EmailTaken
from api.accounts.schemas import Leaving, PasswordChange, ProfileChange, SessionShown, UserShown
from api.ringing import ring_afterwards
from api.throttle import TooManyRequests

router = APIRouter(
    prefix="/users/me", tags=["own account"], responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged)
)
PROVEN = (NotAllowed, PasswordMustBeChanged, service.WrongPassword, TooManyRequests, Busy)
"""What a route refuses that takes the present password."""


class NoSuchSession(Refusal):
    status = 404
    error_code = "no_such_session"


@router.get("", summary="One's own account")
async def show_me(caller: SignedIn, tx: Transaction) -> UserShown:
    return UserShown.model_validate(await tx.get_one(User, caller.id))


@router.patch("", summary="Change the name shown, or the e-mail address", responses=refusals(*PROVEN, EmailTaken))
async def change_me(change: ProfileChange, caller: Person, request: Request, tx: Transaction) -> UserShown:
    assert caller.id
    await tx.close()  # no connection is held while the password is checked
    return UserShown.model_validate(await service.change_profile(request, caller.id, change))


@router.delete(
    "",
    status_code=204,
    summary="Delete one's own account and what it waits for",
    responses=refusals(*PROVEN, rules.LastAdministrator),
    dependencies=[Depends(ring_afterwards, scope="function")],
)
async def leave(leaving: Leaving, caller: Person, request: Request, tx: Transaction) -> None:
    assert caller.id
    await tx.close()
    await service.leave(request, caller.id, leaving.password)


@router.post(
    "/password",
    status_code=204,
    summary="Change the password; other sessions end",
    responses=refusals(*PROVEN, rules.PasswordTooWeak),
)
async def change_password(change: PasswordChange, caller: SignedIn, request: Request, tx: Transaction) -> None:
    assert caller.id
    assert caller.session
    await tx.close()
    await service.change_password(
        request, caller.id, caller.session, current=change.current_password, new=change.new_password
    )


@router.get("/sessions", summary="Where one is signed in, the last used first")
async def list_sessions(caller: Person, tx: Transaction) -> list[SessionShown]:
    own = select(Session).where(Session.user_id == caller.id).order_by(Session.last_used_at.desc(), Session.id)
    return [
        SessionShown.model_validate(row).model_copy(update={"current": row.id == caller.session})
        for row in await tx.scalars(own)
    ]


@router.delete("/sessions/{session_id}", status_code=204, summary="Sign out there", responses=refusals(NoSuchSession))
async def end_session(session_id: UUID, caller: Person, tx: Transaction) -> None:
    session = await tx.get(Session, session_id)
    if session is None or session.user_id != caller.id:
        raise NoSuchSession("You have no such session.")
    await sessions.end(tx, session_id)
