"""What webhooks were told last."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Base


class Announced(Base):
    """One row: whose encoder is connected by the facts that were read, and the song that listeners hear."""

    __tablename__ = "announced"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    session_id: Mapped[UUID | None]
    song: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """As it was told, but for the moment when it began."""
