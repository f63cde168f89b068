"""Filters that somebody saved."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, ForeignKey, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.tables import Base


class SmartBlock(Base):
    """A filter under a name: which tracks it holds is decided whenever somebody asks."""

    __tablename__ = "smart_blocks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(BigInteger, default=1, server_default=text("1"))
    """Counted up by every change."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
