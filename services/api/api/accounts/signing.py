"""The signed tokens that api gives out."""

from datetime import datetime, timedelta
from uuid import uuid4

from kit import tokens
from kit.tokens import Claims

from api.accounts.models import GuestToken, Session, User
from api.settings import Settings


def access_token(user: User, session: Session, *, settings: Settings, now: datetime) -> str:
    """Good for `settings.access_minutes`, at every service."""
    claims = Claims(
        sub=str(user.id),
        type="access",
        jti=uuid4().hex,
        iat=int(now.timestamp()),
        exp=int((now + timedelta(minutes=settings.access_minutes)).timestamp()),
        role=user.role,
        sid=str(session.id),
    )
    return tokens.sign(claims, settings.private_key)


def refresh_token(session: Session, *, settings: Settings, now: datetime) -> str:
    """Good once, here, until the session expires."""
    claims = Claims(
        sub=str(session.user_id),
        type="refresh",
        jti=session.refresh_id,
        iat=int(now.timestamp()),
        exp=int(session.expires_at.timestamp()),
        sid=str(session.id),
    )
    return tokens.sign(claims, settings.private_key)


def guest_token(guest: GuestToken, *, settings: Settings, now: datetime) -> str:
    """Good until it expires or is taken back."""
    claims = Claims(
        sub=str(guest.id),
        type="guest",
        jti=guest.id.hex,
        iat=int(now.timestamp()),
        exp=int(guest.expires_at.timestamp()),
    )
    return tokens.sign(claims, settings.private_key)
