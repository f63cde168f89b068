"""Who is asking, as the database knows it now: a token alone does not outlive a block, a sign-out or a lost role."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request
from kit.auth import Credentials, NotAllowed, NotAuthenticated, Principal, principal
from kit.contracts.people import Role, reaches
from kit.db import Transaction
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import GuestToken, Session, User


class PasswordMustBeChanged(NotAllowed):
    """Signed in with a password that the station made up."""

    error_code = "password_change_required"


@dataclass(frozen=True)
class Caller:
    """Somebody who may ask for something: the station's own token, a person, or a guest."""

    kind: Literal["station", "user", "guest"]
    id: UUID | None = None
    """The user's or the guest token's id."""
    role: Role | None = None
    """None for guests."""
    session: UUID | None = None
    must_change_password: bool = False

    def may_act_as(self, role: Role) -> bool:
        """Whether the caller's role is this one or above it."""
        return reaches(self.role, role)


async def known(request: Request, credentials: Credentials, tx: Transaction) -> Caller | None:
    """The caller, or None when no token was sent; raises `NotAuthenticated` for a token that is not good."""
    if credentials is None:
        return None
    told = principal(request, credentials)
    if told.kind == "station":
        return Caller("station", role="admin")
    found = await _guest(tx, told) if told.kind == "guest" else await _user(tx, told)
    if found is None:
        raise NotAuthenticated("This token is no longer good; sign in again.", headers={"WWW-Authenticate": "Bearer"})
    return found


async def _user(tx: AsyncSession, told: Principal) -> Caller | None:
    if told.kind != "user" or told.session is None:
        return None
    user, session = await tx.get(User, UUID(told.name)), await tx.get(Session, UUID(told.session))
    if user is None or user.blocked_at or session is None or session.user_id != user.id:
        return None
    return Caller("user", user.id, user.role, session.id, user.must_change_password)


async def _guest(tx: AsyncSession, told: Principal) -> Caller | None:
    guest = await tx.get(GuestToken, UUID(told.name))
    if guest is None or guest.revoked_at or guest.expires_at <= datetime.now(UTC):
        return None
    return Caller("guest", guest.id)


Known = Annotated[Caller | None, Depends(known)]


def requester(caller: Known) -> Caller:
    """Anybody who may ask for songs: a person, a guest, or the station; 401 without a token."""
    if caller is None:
        raise NotAuthenticated(
            "Send a valid token as 'Authorization: Bearer …'.", headers={"WWW-Authenticate": "Bearer"}
        )
    if caller.must_change_password:
        raise PasswordMustBeChanged("Change your password first: POST /users/me/password.")
    return caller


def signed_in(caller: Known) -> Caller:
    """Somebody with an account, even one who still has to change the password."""
    if caller is not None and caller.kind == "user":
        return caller
    requester(caller)
    raise NotAllowed("Only somebody who is signed in with an account may do this.")


Requester = Annotated[Caller, Depends(requester)]
SignedIn = Annotated[Caller, Depends(signed_in)]


def person(caller: Requester) -> Caller:
    """Somebody with an account and a password of their own."""
    return signed_in(caller)


Person = Annotated[Caller, Depends(person)]


def streamer(caller: Requester) -> Caller:
    """Somebody who may go live, or 403."""
    if not caller.may_act_as("streamer"):
        raise NotAllowed("Only a streamer may do this.")
    return caller


Streamer = Annotated[Caller, Depends(streamer)]


def producer(caller: Requester) -> Caller:
    """Somebody who plans what is on air, or 403."""
    if not caller.may_act_as("producer"):
        raise NotAllowed("Only a producer may do this.")
    return caller


Producer = Annotated[Caller, Depends(producer)]


def admin(caller: Requester) -> Caller:
    """An administrator, or 403."""
    if not caller.may_act_as("admin"):
        raise NotAllowed("Only an administrator may do this.")
    return caller


Admin = Annotated[Caller, Depends(admin)]
