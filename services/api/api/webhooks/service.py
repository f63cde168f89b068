"""Making, changing and listing webhooks."""

from collections.abc import Collection
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid4

import httpx
import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import addresses
from api.addresses import Exceptions
from api.secrets import Vault
from api.webhooks import queries, signing
from api.webhooks.events import EventName
from api.webhooks.models import Webhook, WebhookDelivery
from api.webhooks.rules import (
    MOST_WEBHOOKS,
    OLD_SECRET_GOOD_FOR,
    BadAddress,
    ForbiddenAddress,
    Standing,
    TooManyWebhooks,
    note,
    state_of,
)
from api.webhooks.schemas import (
    SecretMade,
    WebhookChange,
    WebhookMade,
    WebhookShown,
    WebhooksPage,
    WebhookWanted,
)

logger = structlog.get_logger()
# Any constant: whoever makes a webhook holds it while counting.
_LOCK = 7_203_160


async def make(
    tx: AsyncSession, wish: WebhookWanted, *, vault: Vault, exceptions: Exceptions, now: datetime
) -> WebhookMade:
    """A new webhook with its secret; raises `TooManyWebhooks`, `BadAddress`, `ForbiddenAddress`."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if (await tx.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    secret = signing.new_secret()
    webhook = Webhook(
        id=uuid4(),
        name=wish.name,
        url=_address(wish.url, exceptions),
        events=_in_order(wish.events),
        secret=vault.seal(secret),
        enabled=wish.enabled,
        disabled_at=None if wish.enabled else now,
        created_at=now,
    )
    tx.add(webhook)
    await tx.flush()
    logger.info("webhook_made", webhook=str(webhook.id))
    return WebhookMade(**_shown(webhook, 0).model_dump(), secret=secret)


async def list_webhooks(tx: AsyncSession, *, offset: int, limit: int) -> WebhooksPage:
    """Webhooks in the order of their names."""
    total = await tx.scalar(select(func.count()).select_from(Webhook)) or 0
    query = select(Webhook).order_by(Webhook.name, Webhook.id).offset(offset).limit(limit)
    rows = (await tx.scalars(query)).all()
    waiting = await _waiting(tx, [row.id for row in rows])
    return WebhooksPage(items=[_shown(row, waiting.get(row.id, 0)) for row in rows], total=total)


async def show(tx: AsyncSession, webhook_id: UUID) -> WebhookShown:
    """One webhook; raises `NoSuchWebhook`."""
    webhook = await queries.webhook(tx, webhook_id)
    return _shown(webhook, (await _waiting(tx, [webhook_id])).get(webhook_id, 0))


async def change(
    tx: AsyncSession, webhook_id: UUID, wish: WebhookChange, *, exceptions: Exceptions, now: datetime
) -> WebhookShown:
    """Change what was sent; raises `NoSuchWebhook`, `BadAddress`, `ForbiddenAddress`."""
    webhook = await queries.webhook(tx, webhook_id, lock=True)
    sent = wish.model_fields_set
    if "name" in sent:
        webhook.name = wish.name
    if "events" in sent:
        webhook.events = _in_order(wish.events)
    if "url" in sent:
        webhook.url = _address(wish.url, exceptions)
        webhook.failures, webhook.failing_since = 0, None
    if "enabled" in sent:
        await _enable(tx, webhook, enabled=wish.enabled, now=now)
    await tx.flush()
    return await show(tx, webhook_id)


async def delete(tx: AsyncSession, webhook_id: UUID) -> None:
    """Delete it with its deliveries; raises `NoSuchWebhook`."""
    await tx.delete(await queries.webhook(tx, webhook_id, lock=True))
    logger.info("webhook_deleted", webhook=str(webhook_id))


async def rotate(tx: AsyncSession, webhook_id: UUID, *, vault: Vault, now: datetime) -> SecretMade:
    """A new secret; the one before it signs, too, for a while. Raises `NoSuchWebhook`."""
    webhook = await queries.webhook(tx, webhook_id, lock=True)
    secret, until = signing.new_secret(), now + OLD_SECRET_GOOD_FOR
    webhook.old_secret, webhook.old_secret_until = webhook.secret, until
    webhook.secret = vault.seal(secret)
    logger.info("webhook_secret_rotated", webhook=str(webhook_id))
    return SecretMade(secret=secret, old_secret_until=until)


async def _enable(tx: AsyncSession, webhook: Webhook, *, enabled: bool, now: datetime) -> None:
    if not enabled:
        if webhook.enabled:
            webhook.enabled, webhook.disabled_at = False, now
        return
    webhook.enabled, webhook.disabled_at, webhook.disabled_because = True, None, None
    webhook.failures, webhook.failing_since = 0, None
    waits = (WebhookDelivery.webhook_id == webhook.id) & (WebhookDelivery.state == "waiting")
    await tx.execute(update(WebhookDelivery).where(waits, WebhookDelivery.next_at > now).values(next_at=now))


def _address(url: str, exceptions: Exceptions) -> str:
    """As it is kept: names of other scripts in ASCII."""
    try:
        addresses.check_link(url, exceptions)
        return str(httpx.URL(url))
    except addresses.ForbiddenLink as error:
        raise ForbiddenAddress from error
    except addresses.BadLink as error:
        raise BadAddress(str(error)) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise BadAddress("This is no valid address.") from error


def _in_order(events: Collection[EventName]) -> list[str]:
    return [name for name in get_args(EventName) if name in events]


async def _waiting(tx: AsyncSession, webhooks: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(WebhookDelivery.webhook_id, func.count())
        .where(WebhookDelivery.webhook_id.in_(webhooks), WebhookDelivery.state == "waiting")
        .group_by(WebhookDelivery.webhook_id)
    )
    return {row[0]: row[1] for row in await tx.execute(query)}


def _shown(webhook: Webhook, waiting: int) -> WebhookShown:
    standing = Standing(
        webhook.enabled, webhook.failures, webhook.failing_since, webhook.disabled_at, webhook.disabled_because
    )
    return WebhookShown(
        id=webhook.id,
        name=webhook.name,
        url=webhook.url,
        events=webhook.events,
        enabled=webhook.enabled,
        state=state_of(standing),
        note=note(standing),
        failures=webhook.failures,
        failing_since=webhook.failing_since,
        succeeded_at=webhook.succeeded_at,
        disabled_at=webhook.disabled_at,
        disabled_because=webhook.disabled_because,
        waiting=waiting,
        dropped=webhook.dropped,
        old_secret_until=webhook.old_secret_until,
        created_at=webhook.created_at,
    )
