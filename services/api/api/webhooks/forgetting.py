"""What nobody needs any more, and secrets under a key that is to go."""

from datetime import UTC, datetime

import structlog
from kit.db import Sessions
from sqlalchemy import delete, select, update

from api.secrets import Unreadable, Vault
from api.webhooks.models import Webhook, WebhookDelivery
from api.webhooks.rules import KEPT, LATE

logger = structlog.get_logger()
EVERY = 3600.0
"""Seconds between two looks."""
BATCH = 2000


async def tidy(sessions: Sessions, vault: Vault) -> None:
    """Give up what is out of date, forget what is old, and bring every secret under the newest key."""
    now = datetime.now(UTC)
    async with sessions.begin() as tx:
        out_of_date = (WebhookDelivery.state == "waiting") & (WebhookDelivery.give_up_at <= now - LATE)
        await tx.execute(update(WebhookDelivery).where(out_of_date).values(state="failed", ended_at=now))
    while await _forget(sessions, now):
        pass
    await _reseal(sessions, vault, now)


async def _forget(sessions: Sessions, now: datetime) -> bool:
    """Delete some old deliveries; whether there may be more."""
    async with sessions.begin() as tx:
        old = (
            select(WebhookDelivery.id)
            .where(WebhookDelivery.created_at < now - KEPT, WebhookDelivery.state != "waiting")
            .limit(BATCH)
        )
        ids = (await tx.scalars(old)).all()
        await tx.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids) == BATCH


async def _reseal(sessions: Sessions, vault: Vault, now: datetime) -> None:
    async with sessions.begin() as tx:
        for webhook in (await tx.scalars(select(Webhook).order_by(Webhook.id).with_for_update(key_share=True))).all():
            if webhook.old_secret_until and webhook.old_secret_until <= now:
                webhook.old_secret = webhook.old_secret_until = None
            try:
                webhook.secret = vault.reseal(webhook.secret)
                webhook.old_secret = vault.reseal(webhook.old_secret) if webhook.old_secret else None
            except Unreadable:
                logger.error("webhook_secret_unreadable", webhook=str(webhook.id))
