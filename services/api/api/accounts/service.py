"""Registering, signing in, and what people do with their own account.

Passwords are hashed and checked between transactions. What a transaction finds afterwards may have changed meanwhile:
a password that no longer is the one that was checked counts as wrong.
"""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from fastapi import Request
from kit.db import begin
from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api import throttle
from api.accounts import invitations, queries, rules, sessions
from api.accounts.leaving import withdraw_of
from api.accounts.models import User
from api.accounts.passwords import Passwords
from api.accounts.queries import EmailTaken
from api.accounts.schemas import ProfileChange, Registering, SignedInShown
from api.accounts.sessions import Device, TokenReused
from api.settings import Settings

logger = structlog.get_logger()


class WrongCredentials(Refusal):
    """No such account, or another password: the answer does not tell which."""

    status = 401
    error_code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class WrongPassword(Refusal):
    status = 403
    error_code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("This is not your present password.")


class Blocked(Refusal):
    status = 403
    error_code = "blocked"

    def __init__(self) -> None:
        super().__init__("This account is blocked; ask the station's staff.")


async def register(request: Request, wish: Registering) -> SignedInShown:
    """Make an account and sign in."""
    settings: Settings = request.app.state.settings
    limit = f"{settings.registrations_per_address}/hour"
    await throttle.hit(request, "register", throttle.address_of(request), limit=limit)
    await throttle.hit(request, "register", wish.email, limit=limit)
    rules.admit(settings.registration, invited=wish.invitation is not None)
    rules.require_strength(wish.password, wish.email)
    async with begin(request) as tx:
        # A first look, so that nothing is hashed in vain; the insert and the update below decide.
        if wish.invitation:
            await invitations.find(tx, wish.invitation, wish.email, now=_now())
        if await queries.by_email(tx, wish.email):
            raise EmailTaken
    kept = await _passwords(request).hash(wish.password)
    async with begin(request) as tx:
        user = User(email=wish.email, password_hash=kept, display_name=wish.display_name, role="listener")
        user.created_at, user.must_change_password = _now(), False
        if wish.invitation:
            used = await invitations.use(tx, wish.invitation, wish.email, now=_now())
            user.role, user.max_queue_songs = used.role, used.max_queue_songs
            user.max_add_requests = used.max_add_requests
        tx.add(user)
        await queries.save(tx)
        logger.info("registered", user_id=str(user.id), role=user.role)
        return await sessions.begin(tx, user, _device(request), settings=settings, now=_now())


async def sign_in(request: Request, email: str, password: str) -> SignedInShown:
    """Sign in; raises `WrongCredentials`, `Blocked`."""
    settings: Settings = request.app.state.settings
    limit = f"{settings.login_attempts_per_address}/15 minutes"
    await throttle.hit(request, "sign-in", throttle.address_of(request), limit=limit)
    async with begin(request) as tx:
        user = await queries.by_email(tx, email)
    if not await _is_right(request, email, password, user.password_hash if user else None):
        logger.info("sign_in_failed", user_id=str(user.id) if user else None)
        raise WrongCredentials
    assert user
    async with begin(request) as tx:
        # Shared: a block or another password comes before this sign-in, or ends it.
        found = await tx.get(User, user.id, with_for_update={"read": True})
        if found is None or found.password_hash != user.password_hash:
            raise WrongCredentials
        if found.blocked_at:
            raise Blocked
        return await sessions.begin(tx, found, _device(request), settings=settings, now=_now())


async def carry_on(request: Request, refresh_token: str) -> SignedInShown:
    """New tokens for a refresh token; raises `RefreshTokenNotGood`, `TokenReused`."""
    settings: Settings = request.app.state.settings
    async with begin(request) as tx:
        outcome = await sessions.carry_on(tx, refresh_token, settings=settings, now=_now())
    if isinstance(outcome, TokenReused):
        raise outcome
    return outcome


async def change_profile(request: Request, user_id: UUID, change: ProfileChange) -> User:
    """Change a name or an address; the address takes the present password."""
    proven = None
    if change.email is not None:
        proven = await _prove(request, user_id, change.current_password or "")
    async with begin(request) as tx:
        user = await _as_proven(tx, user_id, proven)
        if change.email is not None:
            user.email = change.email
        if "display_name" in change.model_fields_set:
            user.display_name = change.display_name
        await queries.save(tx)
        return user


async def change_password(request: Request, user_id: UUID, session: UUID, *, current: str, new: str) -> None:
    """Take another password; every other session ends."""
    proven = await _prove(request, user_id, current)
    if rules.normal(new) == rules.normal(current):
        raise rules.PasswordTooWeak("Choose a password that differs from the present one.")
    async with begin(request) as tx:
        rules.require_strength(new, (await _as_proven(tx, user_id, proven)).email)
    kept = await _passwords(request).hash(new)
    async with begin(request) as tx:
        user = await _as_proven(tx, user_id, proven)
        user.password_hash, user.must_change_password = kept, False
        await sessions.end_all(tx, user_id, but=session)
    logger.info("password_changed", user_id=str(user_id))


async def leave(request: Request, user_id: UUID, password: str) -> None:
    """Delete the account and what it waits for; what it had played stays played, by nobody."""
    proven = await _prove(request, user_id, password)
    async with begin(request) as tx:
        user, administrators = await queries.lock_with_administrators(tx, user_id)
        await _as_proven(tx, user_id, proven)
        is_one = rules.is_administrator(user.role, blocked=user.blocked_at is not None)
        rules.require_another_administrator(is_one=is_one, stays_one=False, administrators=administrators)
        await withdraw_of(request)(tx, user_id=user_id, now=_now())
        await tx.delete(user)
    logger.info("left", user_id=str(user_id))


async def _prove(request: Request, user_id: UUID, password: str) -> str:
    """What is kept of the password that somebody signed in has just given; raises `WrongPassword`."""
    async with begin(request) as tx:
        user = await tx.get(User, user_id)
    if user is None or not await _is_right(request, user.email, password, user.password_hash):
        raise WrongPassword
    return user.password_hash


async def _as_proven(tx: AsyncSession, user_id: UUID, proven: str | None) -> User:
    user = await tx.get(User, user_id, with_for_update=True)
    if user is None or proven not in (None, user.password_hash):
        raise WrongPassword
    return user


async def _is_right(request: Request, email: str, password: str, kept: str | None) -> bool:
    """Check a password. Every try counts until one is right, so that many at once do not slip through."""
    settings: Settings = request.app.state.settings
    limit = f"{settings.login_attempts}/15 minutes"
    await throttle.hit(request, "password", email, limit=limit)
    right = await _passwords(request).fits(password, kept)
    if right:
        await throttle.forgive(request, "password", email, limit=limit)
    return right


def _passwords(request: Request) -> Passwords:
    found: Passwords = request.app.state.passwords
    return found


def _device(request: Request) -> Device:
    return Device(request.headers.get("user-agent"), request.client.host if request.client else None)


def _now() -> datetime:
    return datetime.now(UTC)
