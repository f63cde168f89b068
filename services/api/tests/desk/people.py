"""People with tokens, made in the database: tests of signing in go through HTTP, all others need not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from api.accounts.models import GuestToken, Session, User
from api.settings import Settings
from kit import tokens
from kit.contracts.people import Role, TokenType
from kit.db import Sessions
from kit.tokens import Claims


def signed(
    settings: Settings,
    subject: UUID,
    *,
    kind: TokenType = "access",
    role: Role | None = None,
    session: UUID | None = None,
    seconds: float = 900,
) -> str:
    """A token signed with the station's key."""
    now = datetime.now(UTC)
    claims = Claims(
        sub=str(subject),
        type=kind,
        jti=uuid4().hex,
        iat=int(now.timestamp()),
        exp=int((now + timedelta(seconds=seconds)).timestamp()),
        role=role,
        sid=str(session) if session else None,
    )
    return tokens.sign(claims, settings.private_key)


async def user(sessions: Sessions, settings: Settings, role: Role = "listener", **given: object) -> tuple[UUID, str]:
    """Somebody signed in: the user's id and an access token."""
    person = User(id=uuid4(), email=f"{uuid4().hex}@example.org", password_hash="!", role=role, **given)
    session = Session(
        id=uuid4(), user_id=person.id, refresh_id=uuid4().hex, expires_at=datetime.now(UTC) + timedelta(days=7)
    )
    async with sessions.begin() as tx:
        tx.add(person)
        await tx.flush()
        tx.add(session)
    return person.id, signed(settings, person.id, role=role, session=session.id)


async def guest(
    sessions: Sessions,
    settings: Settings,
    *,
    max_queue_songs: int = 3,
    max_add_requests: int = 10,
    seconds: float = 900,
) -> tuple[UUID, str]:
    """Somebody with a guest token: its id and the token."""
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    token = GuestToken(
        id=uuid4(), max_queue_songs=max_queue_songs, max_add_requests=max_add_requests, expires_at=expires
    )
    async with sessions.begin() as tx:
        tx.add(token)
    return token.id, signed(settings, token.id, kind="guest", seconds=seconds)
