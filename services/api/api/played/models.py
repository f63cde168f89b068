"""What aired, as stream-control's facts tell it."""

from datetime import datetime

from kit.contracts.air import EndReason, Tier
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Base


class Airing(Base):
    """One airing of an item on a tier; the id is stream-control's."""

    __tablename__ = "airings"
    __table_args__ = (Index("ix_airings_open", "tier", postgresql_where="ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tier: Mapped[Tier] = mapped_column(Text)
    item_id: Mapped[str]
    title: Mapped[str | None]
    artist: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_reason: Mapped[EndReason | None] = mapped_column(Text)
    heard_seconds: Mapped[float] = mapped_column(default=0.0)


class SilentTier(Base):
    """A tier that sends silence now."""

    __tablename__ = "silent_tiers"

    tier: Mapped[Tier] = mapped_column(Text, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AirNow(Base):
    """One row: the tier on air, and since when."""

    __tablename__ = "air_now"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    tier: Mapped[Tier] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
