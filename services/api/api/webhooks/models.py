"""Webhooks, what is on its way to them, and how each try went."""

from datetime import datetime
from typing import get_args
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Base
from api.webhooks.events import EventName
from api.webhooks.rules import DeliveryState, DisabledBecause, Problem

_EVENTS = ", ".join(f"'{name}'" for name in get_args(EventName))


class Webhook(Base):
    """A receiver and the events that it is told of."""

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint(f"cardinality(events) > 0 AND events <@ ARRAY[{_EVENTS}]", name="events"),
        CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret"),
        CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing"),
        CheckConstraint("enabled = (disabled_at IS NULL)", name="disabled"),
        CheckConstraint("NOT enabled OR disabled_because IS NULL", name="disabled_because"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[str]
    """Encrypted (`api.secrets`), like the one that it replaced."""
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    """The number of the last event."""
    dropped: Mapped[int] = mapped_column(BigInteger, default=0)
    """Events that nobody queued because too many waited."""
    failures: Mapped[int] = mapped_column(default=0)
    """Tries that failed since the last success."""
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    succeeded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_because: Mapped[DisabledBecause | None] = mapped_column(Text)
    """None when a person did it."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class WebhookDelivery(Base):
    """One event for one webhook. Its id is the same over all tries."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        UniqueConstraint("webhook_id", "sequence"),
        Index("ix_webhook_deliveries_waiting", "webhook_id", "next_at", postgresql_where="state = 'waiting'"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey(Webhook.id, ondelete="CASCADE"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str]
    body: Mapped[str]
    """What is sent and signed, to the byte."""
    state: Mapped[DeliveryState] = mapped_column(Text, default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    """Since it was queued, or asked for again."""
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    give_up_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """A worker is at it; after this moment it is taken for dead."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookAttempt(Base):
    """One try of a delivery."""

    __tablename__ = "webhook_attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(WebhookDelivery.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """When it ended."""
    seconds: Mapped[float]
    status: Mapped[int | None]
    problem: Mapped[Problem | None] = mapped_column(Text)
    answer: Mapped[str]
