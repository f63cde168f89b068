"""Webhooks, for administrators."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api import throttle
from api.accounts.caller import Admin, PasswordMustBeChanged
from api.addresses import Exceptions, parse_exceptions
from api.ringing import Rung
from api.settings import Settings
from api.webhooks import deliveries, service
from api.webhooks.rules import (
    BadAddress,
    DeliveryState,
    ForbiddenAddress,
    NoSuchDelivery,
    NoSuchWebhook,
    Outcome,
    TooManyWebhooks,
    WebhookDisabled,
)
from api.webhooks.schemas import (
    DeliveriesPage,
    DeliveryShown,
    SecretMade,
    TryShown,
    WebhookChange,
    WebhookMade,
    WebhookShown,
    WebhooksPage,
    WebhookWanted,
)
from api.webhooks.sending import Sender

router = APIRouter(
    prefix="/admin/webhooks",
    tags=["webhooks"],
    responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged),
)
TESTS = "20/minute"
"""How often a webhook may be tried out."""
_ADDRESS = (BadAddress, ForbiddenAddress)


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _exceptions(request: Request) -> Exceptions:
    return parse_exceptions(_settings(request).webhook_allow)


@router.post(
    "",
    status_code=201,
    summary="Make a webhook; its secret is shown this once",
    responses=refusals(*_ADDRESS, TooManyWebhooks),
)
async def make_webhook(
    wish: WebhookWanted, request: Request, response: Response, caller: Admin, tx: Transaction
) -> WebhookMade:
    response.headers["Cache-Control"] = "no-store"
    vault, exceptions = _settings(request).vault, _exceptions(request)
    return await service.make(tx, wish, vault=vault, exceptions=exceptions, now=datetime.now(UTC))


@router.get("", summary="Webhooks in the order of their names, and what is wrong with them")
async def list_webhooks(
    caller: Admin,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> WebhooksPage:
    return await service.list_webhooks(tx, offset=offset, limit=limit)


@router.get("/{webhook_id}", summary="One webhook", responses=refusals(NoSuchWebhook))
async def show_webhook(webhook_id: UUID, caller: Admin, tx: Transaction) -> WebhookShown:
    return await service.show(tx, webhook_id)


@router.patch(
    "/{webhook_id}", summary="Change, enable or disable a webhook", responses=refusals(NoSuchWebhook, *_ADDRESS)
)
async def change_webhook(
    webhook_id: UUID, wish: WebhookChange, request: Request, rung: Rung, caller: Admin, tx: Transaction
) -> WebhookShown:
    return await service.change(tx, webhook_id, wish, exceptions=_exceptions(request), now=datetime.now(UTC))


@router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="Delete a webhook, and what waits for it",
    responses=refusals(NoSuchWebhook),
)
async def delete_webhook(webhook_id: UUID, caller: Admin, tx: Transaction) -> None:
    await service.delete(tx, webhook_id)


@router.post(
    "/{webhook_id}/secret",
    status_code=201,
    summary="Make a new secret, shown this once; the old one signs, too, for a day",
    responses=refusals(NoSuchWebhook),
)
async def rotate_webhook_secret(
    webhook_id: UUID, request: Request, response: Response, caller: Admin, tx: Transaction
) -> SecretMade:
    response.headers["Cache-Control"] = "no-store"
    return await service.rotate(tx, webhook_id, vault=_settings(request).vault, now=datetime.now(UTC))


@router.post(
    "/{webhook_id}/test",
    summary="Send a signed `ping` now, and see what comes of it",
    responses=refusals(NoSuchWebhook, throttle.TooManyRequests),
)
async def try_webhook(webhook_id: UUID, request: Request, caller: Admin, tx: Transaction) -> TryShown:
    """Also when the webhook is disabled. It is not part of the log, and changes nothing about the webhook."""
    await throttle.hit(request, "webhook_test", str(webhook_id), limit=TESTS)
    ready = await deliveries.ping(tx, webhook_id, vault=_settings(request).vault, now=datetime.now(UTC))
    await tx.close()  # the receiver may take ten seconds; no connection of the database is held meanwhile
    if ready is None:
        return deliveries.shown(Outcome(None, "unreadable", 0))
    sender: Sender = request.app.state.webhook_sender
    return deliveries.shown(await sender.send(ready.url, ready.headers, ready.body))


@router.get("/{webhook_id}/deliveries", summary="What was delivered, newest first", responses=refusals(NoSuchWebhook))
async def list_webhook_deliveries(
    webhook_id: UUID,
    caller: Admin,
    tx: Transaction,
    state: DeliveryState | None = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DeliveriesPage:
    """Deliveries are remembered for 30 days."""
    return await deliveries.page(tx, webhook_id, state=state, before=before, limit=limit)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    summary="Deliver once more",
    responses=refusals(NoSuchWebhook, NoSuchDelivery, WebhookDisabled),
)
async def redeliver(webhook_id: UUID, delivery_id: UUID, rung: Rung, caller: Admin, tx: Transaction) -> DeliveryShown:
    """With the same id and body, so that a receiver which had it already can tell."""
    return await deliveries.again(tx, webhook_id, delivery_id, now=datetime.now(UTC))
