"""Sign-ins: begun, carried on with a refresh token that is good once, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from kit import tokens
from kit.refusal import Refusal
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts import signing
from api.accounts.models import Session, User
from api.accounts.schemas import SignedInShown, UserShown
from api.settings import Settings

logger = structlog.get_logger()
LONGEST_AGENT = 200


class RefreshTokenNotGood(Refusal):
    """None, malformed, expired, or of a session that has ended."""

    status = 401
    error_code = "refresh_token_not_good"

    def __init__(self) -> None:
        super().__init__("Sign in again.")


class TokenReused(Refusal):
    """A refresh token came twice: somebody may have stolen it, so its session has been ended."""

    status = 401
    error_code = "token_reused"

    def __init__(self) -> None:
        super().__init__("This token was used before; for safety its session has been ended. Sign in again.")


@dataclass(frozen=True)
class Device:
    """Where somebody signs in from, as it is shown to them later."""

    user_agent: str | None
    address: str | None


async def begin(tx: AsyncSession, user: User, device: Device, *, settings: Settings, now: datetime) -> SignedInShown:
    """Sign somebody in."""
    agent = "".join(one for one in device.user_agent or "" if one.isprintable())[:LONGEST_AGENT] or None
    session = Session(
        id=uuid4(),
        user_id=user.id,
        refresh_id=uuid4().hex,
        user_agent=agent,
        address=device.address,
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=settings.refresh_days),
    )
    tx.add(session)
    await tx.flush()
    logger.info("signed_in", user_id=str(user.id), session_id=str(session.id))
    return _shown(user, session, settings=settings, now=now)


async def carry_on(
    tx: AsyncSession, refresh_token: str, *, settings: Settings, now: datetime
) -> SignedInShown | TokenReused:
    """New tokens for a refresh token; raises `RefreshTokenNotGood`.

    `TokenReused` is returned, for the caller to raise after the commit: the session's end has to stay.
    """
    claims = tokens.verify(refresh_token, settings.public_key)
    if claims is None or claims.type != "refresh" or claims.sid is None:
        raise RefreshTokenNotGood
    # The row lock lets one of several go first; the others find its successor.
    session = await tx.get(Session, UUID(claims.sid), with_for_update=True)
    user = await tx.get(User, session.user_id) if session else None
    if session is None or user is None or user.blocked_at or session.expires_at <= now:
        raise RefreshTokenNotGood
    if session.refresh_id != claims.jti:
        logger.warning("refresh_token_reused", user_id=str(user.id), session_id=str(session.id))
        await tx.delete(session)
        return TokenReused()
    session.refresh_id, session.last_used_at = uuid4().hex, now
    session.expires_at = now + timedelta(days=settings.refresh_days)
    return _shown(user, session, settings=settings, now=now)


async def end(tx: AsyncSession, session: UUID) -> None:
    """Sign out; a session that has ended already is no reason to complain."""
    await tx.execute(delete(Session).where(Session.id == session))


async def end_all(tx: AsyncSession, user: UUID, *, but: UUID | None = None) -> None:
    """Sign somebody out everywhere, or everywhere but in one session."""
    ended = delete(Session).where(Session.user_id == user)
    await tx.execute(ended.where(Session.id != but) if but else ended)


def _shown(user: User, session: Session, *, settings: Settings, now: datetime) -> SignedInShown:
    return SignedInShown(
        access_token=signing.access_token(user, session, settings=settings, now=now),
        refresh_token=signing.refresh_token(session, settings=settings, now=now),
        expires_in=settings.access_minutes * 60,
        must_change_password=user.must_change_password,
        user=UserShown.model_validate(user),
    )
