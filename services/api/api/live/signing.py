"""Livestream tokens as the encoder sends them."""

from datetime import datetime
from uuid import UUID

from kit import tokens
from kit.tokens import Claims

from api.live.models import LiveToken
from api.settings import Settings


def sign(token: LiveToken, *, settings: Settings, now: datetime) -> str:
    """Good at the harbor alone, until it expires or is taken back."""
    claims = Claims(
        sub=str(token.user_id),
        type="livestream",
        jti=str(token.id),
        iat=int(now.timestamp()),
        exp=int(token.expires_at.timestamp()),
    )
    return tokens.sign(claims, settings.private_key)


def read(password: str, *, settings: Settings) -> UUID | None:
    """The id of a livestream token that this station signed and that has not expired."""
    claims = tokens.verify(password, settings.public_key)
    if claims is None or claims.type != "livestream":
        return None
    try:
        return UUID(claims.jti)
    except ValueError:
        return None
