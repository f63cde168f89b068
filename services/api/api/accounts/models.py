"""People, the devices they are signed in on, and the invitations and guest tokens that staff give out."""

from datetime import datetime
from uuid import UUID, uuid4

from kit.contracts.people import Role
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Base

_A_ROLE = "role IN ('listener', 'streamer', 'producer', 'admin')"
_SANE_LIMITS = "(max_queue_songs IS NULL OR max_queue_songs > 0) AND (max_add_requests IS NULL OR max_add_requests > 0)"


class User(Base):
    """Somebody with an account. The e-mail address is kept in lower case."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(_A_ROLE, name="role"),
        CheckConstraint("email = lower(email)", name="lower_case_email"),
        CheckConstraint(_SANE_LIMITS, name="limits"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    """The password was made up by the station: it opens nothing but its own change."""
    display_name: Mapped[str | None]
    role: Mapped[Role] = mapped_column(Text, default="listener")
    blocked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    max_queue_songs: Mapped[int | None]
    max_add_requests: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Session(Base):
    """One sign-in. Its refresh token is rotated; only the newest, `refresh_id`, is good."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    refresh_id: Mapped[str]
    user_agent: Mapped[str | None]
    address: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class Invitation(Base):
    """A way to register with a role and limits chosen beforehand. Only the hash of its code is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(_A_ROLE, name="role"),
        CheckConstraint("uses BETWEEN 0 AND max_uses", name="uses"),
        CheckConstraint(_SANE_LIMITS, name="limits"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code_hash: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]
    email: Mapped[str | None]
    """Good for this address only, when there is one."""
    role: Mapped[Role] = mapped_column(Text, default="listener")
    max_queue_songs: Mapped[int | None]
    max_add_requests: Mapped[int | None]
    max_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class GuestToken(Base):
    """A token for somebody without an account: it asks for songs within its limits, and nothing else."""

    __tablename__ = "guest_tokens"
    __table_args__ = (
        CheckConstraint("max_queue_songs > 0 AND max_add_requests > 0", name="limits"),
        Index("ix_guest_tokens_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    note: Mapped[str | None]
    max_queue_songs: Mapped[int]
    max_add_requests: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
