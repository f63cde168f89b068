"""The log of deliveries, asking for one again, and trying a webhook out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.secrets import Unreadable, Vault
from api.webhooks import queries, signing
from api.webhooks.events import PingEvent
from api.webhooks.models import WebhookAttempt, WebhookDelivery
from api.webhooks.rules import TRIED_FOR, DeliveryState, NoSuchDelivery, Outcome, WebhookDisabled
from api.webhooks.schemas import AttemptShown, DeliveriesPage, DeliveryShown, TryShown


@dataclass(frozen=True)
class Ready:
    """A request that is to be sent."""

    url: str
    headers: Mapping[str, str]
    body: bytes


async def page(
    tx: AsyncSession, webhook_id: UUID, *, state: DeliveryState | None, before: int | None, limit: int
) -> DeliveriesPage:
    """Deliveries of a webhook, newest first; raises `NoSuchWebhook`."""
    await queries.webhook(tx, webhook_id)
    query = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == webhook_id)
    if state:
        query = query.where(WebhookDelivery.state == state)
    if before:
        query = query.where(WebhookDelivery.sequence < before)
    found = await _with_attempts(tx, query.order_by(WebhookDelivery.sequence.desc()).limit(limit + 1))
    items = found[:limit]
    return DeliveriesPage(items=items, next=items[-1].sequence if len(found) > limit else None)


async def again(tx: AsyncSession, webhook_id: UUID, delivery_id: UUID, *, now: datetime) -> DeliveryShown:
    """Deliver it once more, for a day if need be; raises `NoSuchWebhook`, `NoSuchDelivery`, `WebhookDisabled`."""
    webhook = await queries.webhook(tx, webhook_id)
    delivery = await tx.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.webhook_id != webhook_id:
        raise NoSuchDelivery
    if not webhook.enabled:
        raise WebhookDisabled
    delivery.state, delivery.ended_at, delivery.tries = "waiting", None, 0
    delivery.next_at, delivery.give_up_at = now, now + TRIED_FOR
    await tx.flush()
    return (await _with_attempts(tx, select(WebhookDelivery.id).where(WebhookDelivery.id == delivery_id)))[0]


async def ping(tx: AsyncSession, webhook_id: UUID, *, vault: Vault, now: datetime) -> Ready | None:
    """A request that only tries the webhook out; None when its secret cannot be read. Raises `NoSuchWebhook`."""
    webhook = await queries.webhook(tx, webhook_id)
    try:
        secrets = [vault.unseal(sealed) for sealed in queries.sealed_secrets(webhook, now)]
    except Unreadable:
        return None
    event = PingEvent(at=now)
    body = event.model_dump_json().encode()
    return Ready(webhook.url, signing.headers(event.event, uuid4(), body, secrets=secrets, now=now), body)


def shown(outcome: Outcome) -> TryShown:
    """How a try ended, for showing."""
    return TryShown(
        delivered=outcome.problem is None,
        status=outcome.status,
        problem=outcome.problem,
        seconds=outcome.seconds,
        answer=outcome.answer,
    )


async def _with_attempts(tx: AsyncSession, ids: Select[UUID]) -> list[DeliveryShown]:
    """Newest first. One select for both: a try that ends meanwhile is in neither."""
    query = (
        select(WebhookDelivery, WebhookAttempt)
        .outerjoin(WebhookAttempt, WebhookAttempt.delivery_id == WebhookDelivery.id)
        .where(WebhookDelivery.id.in_(ids))
        .order_by(WebhookDelivery.sequence.desc(), WebhookAttempt.id)
    )
    found: dict[UUID, tuple[WebhookDelivery, list[AttemptShown]]] = {}
    for delivery, attempt in await tx.execute(query):
        attempts = found.setdefault(delivery.id, (delivery, []))[1]
        if attempt:
            outcome = Outcome(attempt.status, attempt.problem, attempt.seconds, attempt.answer)
            attempts.append(AttemptShown(**shown(outcome).model_dump(), at=attempt.at))
    return [_shown(delivery, attempts) for delivery, attempts in found.values()]


def _shown(row: WebhookDelivery, attempts: list[AttemptShown]) -> DeliveryShown:
    return DeliveryShown(
        id=row.id,
        event=row.event,
        sequence=row.sequence,
        state=row.state,
        created_at=row.created_at,
        next_at=row.next_at if row.state == "waiting" else None,
        ended_at=row.ended_at,
        body=row.body,
        attempts=attempts,
    )
