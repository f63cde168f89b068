"""Webhooks over HTTP, and events that are told to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from api.webhooks.events import EventName, TierChangedEvent, TierHeard, Told
from api.webhooks.models import Webhook, WebhookDelivery
from api.webhooks.telling import tell
from kit.contracts.air import Tier
from kit.db import Sessions
from sqlalchemy import select, update

from desk.receiver import Receiver


def tier_changed(tier: Tier = "user", previous: Tier | None = "fallback") -> TierChangedEvent:
    """An event."""
    return TierChangedEvent(at=datetime.now(UTC), data=TierHeard(tier=tier, previous=previous))


@dataclass(frozen=True)
class Hooks:
    """What a test does with webhooks."""

    client: httpx.AsyncClient
    sessions: Sessions

    async def make(self, receiver: Receiver | str, *events: EventName, **given: Any) -> dict[str, Any]:
        """A webhook, told of changing tiers unless told otherwise; with its secret."""
        url = receiver if isinstance(receiver, str) else receiver.url
        wish = {"name": "Receiver", "url": url, "events": list(events or ["tier_changed"]), **given}
        answer = await self.client.post("/admin/webhooks", json=wish)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def show(self, webhook: dict[str, Any]) -> dict[str, Any]:
        """As it is now."""
        answer = await self.client.get(f"/admin/webhooks/{webhook['id']}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def change(self, webhook: dict[str, Any], **wish: Any) -> dict[str, Any]:
        """Change what is given."""
        answer = await self.client.patch(f"/admin/webhooks/{webhook['id']}", json=wish)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def log(self, webhook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        """Its deliveries, newest first."""
        answer = await self.client.get(f"/admin/webhooks/{webhook['id']}/deliveries", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def tell(self, *events: Told) -> None:
        """Tell whoever asked for it, in one transaction; a tier that changed unless told otherwise."""
        async with self.sessions.begin() as tx:
            for event in events or [tier_changed()]:
                await tell(tx, event)

    async def queued(self, webhook: dict[str, Any]) -> list[WebhookDelivery]:
        """The rows of its deliveries, oldest first."""
        query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == UUID(webhook["id"]))
        async with self.sessions() as tx:
            return list(await tx.scalars(query.order_by(WebhookDelivery.sequence)))

    async def hurry(self, **more: timedelta) -> None:
        """Let what waits be due now; `more` moves a delivery's other moments into the past."""
        now = datetime.now(UTC)
        values = {"next_at": now, **{name: now - before for name, before in more.items()}}
        async with self.sessions.begin() as tx:
            await tx.execute(update(WebhookDelivery).where(WebhookDelivery.state == "waiting").values(**values))

    async def expire_leases(self) -> None:
        """As if whoever had something under way had been dead for long."""
        async with self.sessions.begin() as tx:
            await tx.execute(update(WebhookDelivery).values(lease_until=datetime.now(UTC)))

    async def set(self, webhook: dict[str, Any], **values: object) -> None:
        """Change the webhook's row, as time would."""
        async with self.sessions.begin() as tx:
            await tx.execute(update(Webhook).where(Webhook.id == UUID(webhook["id"])).values(**values))
