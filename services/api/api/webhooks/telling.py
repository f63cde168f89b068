"""Telling webhooks of an event: rows in the transaction that made it true, so that both are, or neither."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.webhooks.events import Told
from api.webhooks.models import Webhook, WebhookDelivery
from api.webhooks.rules import MOST_WAITING, TRIED_FOR


async def tell(tx: AsyncSession, event: Told) -> None:
    """Queue the event for every webhook that asked for it. Ring (`api.ringing`) once the transaction is committed."""
    subscribed = (
        select(Webhook)
        .where(Webhook.enabled, Webhook.events.contains([event.event]))
        # In one order, so that two that tell at once wait for each other instead of locking each other out.
        .order_by(Webhook.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    now = datetime.now(UTC)
    for webhook in (await tx.scalars(subscribed)).all():
        webhook.sequence += 1
        if await _waiting(tx, webhook.id) >= MOST_WAITING:
            webhook.dropped += 1
            continue
        tx.add(
            WebhookDelivery(
                webhook_id=webhook.id,
                sequence=webhook.sequence,
                event=event.event,
                body=event.model_copy(update={"sequence": webhook.sequence}).model_dump_json(),
                next_at=now,
                give_up_at=now + TRIED_FOR,
                created_at=now,
            )
        )
    await tx.flush()


async def _waiting(tx: AsyncSession, webhook_id: UUID) -> int:
    query = select(func.count()).select_from(WebhookDelivery)
    waiting = query.where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "waiting")
    return await tx.scalar(waiting) or 0
