"""Selects on webhooks and their deliveries: what is due, who does it, how it went."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from api.webhooks.rules import LATE, DisabledBecause, Health, NoSuchWebhook, Outcome, after, next_try

LEASE = timedelta(seconds=30)
"""A worker that has a delivery for longer is taken for dead."""


@dataclass(frozen=True)
class Job:
    """A delivery that is to be tried now, by whoever holds its lease."""

    id: UUID
    webhook_id: UUID
    url: str
    event: str
    body: bytes
    secrets: tuple[str, ...]
    """Encrypted; the first is the webhook's own, another may be the one it replaced."""
    lease_until: datetime


async def webhook(tx: AsyncSession, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """One webhook; raises `NoSuchWebhook`."""
    found = await tx.get(Webhook, webhook_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NoSuchWebhook
    return found


def sealed_secrets(webhook: Webhook, now: datetime) -> tuple[str, ...]:
    """The secrets that sign now, encrypted."""
    old, until = webhook.old_secret, webhook.old_secret_until
    return (webhook.secret, old) if old and until and until > now else (webhook.secret,)


async def due(tx: AsyncSession, now: datetime) -> Mapping[UUID, str]:
    """Webhooks for which something waits to be delivered, with their addresses."""
    query = select(Webhook.id, Webhook.url).where(
        Webhook.enabled, exists().where(WebhookDelivery.webhook_id == Webhook.id, *_due(now))
    )
    return {row.id: row.url for row in await tx.execute(query)}


async def claim(tx: AsyncSession, webhooks: Collection[UUID], limit: int, now: datetime) -> list[Job]:
    """Take deliveries of these webhooks that are due, the oldest first. Nobody else does until their lease ends."""
    query = (
        select(WebhookDelivery, Webhook)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.webhook_id.in_(webhooks), *_due(now))
        .order_by(WebhookDelivery.next_at, WebhookDelivery.sequence)
        .limit(limit)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )
    jobs = []
    for delivery, webhook in (await tx.execute(query)).all():
        delivery.lease_until = now + LEASE
        delivery.tries += 1
        secrets = sealed_secrets(webhook, now)
        jobs.append(
            Job(delivery.id, webhook.id, webhook.url, delivery.event, delivery.body.encode(), secrets, now + LEASE)
        )
    return jobs


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        WebhookDelivery.state == "waiting",
        WebhookDelivery.next_at <= now,
        WebhookDelivery.give_up_at > now - LATE,
        WebhookDelivery.lease_until.is_(None) | (WebhookDelivery.lease_until <= now),
    )


async def settle(tx: AsyncSession, job: Job, outcome: Outcome, *, now: datetime, luck: float) -> DisabledBecause | None:
    """Write down how a try went; why the webhook was disabled for it, if it was. Nothing when it is gone meanwhile."""
    # The webhook first, as whoever deletes it does.
    receiver = await tx.get(Webhook, job.webhook_id, with_for_update={"key_share": True}, populate_existing=True)
    delivery = await tx.get(WebhookDelivery, job.id, with_for_update=True, populate_existing=True)
    if receiver is None or delivery is None or delivery.lease_until != job.lease_until:
        return None
    tx.add(
        WebhookAttempt(
            delivery_id=job.id,
            at=now,
            seconds=outcome.seconds,
            status=outcome.status,
            problem=outcome.problem,
            answer=outcome.answer,
        )
    )
    delivery.lease_until = None
    _move_on(delivery, outcome, now, luck)
    return _judge(receiver, outcome, now)


def _move_on(delivery: WebhookDelivery, outcome: Outcome, now: datetime, luck: float) -> None:
    if outcome.problem is None:
        delivery.state, delivery.ended_at = "delivered", now
        return
    again = next_try(delivery.tries, delivery.give_up_at, now, luck=luck)
    if again is None:
        delivery.state, delivery.ended_at = "failed", now
    else:
        delivery.next_at = again


def _judge(receiver: Webhook, outcome: Outcome, now: datetime) -> DisabledBecause | None:
    health, why = after(Health(receiver.failures, receiver.failing_since), outcome, now)
    receiver.failures, receiver.failing_since = health.failures, health.failing_since
    if outcome.problem is None:
        receiver.succeeded_at = now
    if why is None or not receiver.enabled:
        return None
    receiver.enabled, receiver.disabled_at, receiver.disabled_because = False, now, why
    return why
