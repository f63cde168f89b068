"""When a delivery is tried again, when a webhook is given up, and what may not be done. Times are UTC."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from kit.refusal import Refusal

DeliveryState = Literal["waiting", "delivered", "failed"]
Problem = Literal["refused", "timed_out", "unreachable", "forbidden_address", "tls_failed", "broken_off", "unreadable"]
"""Why a try failed: the receiver's status was none of success; it took too long; nobody answered there; the address is
not one of the public internet; its certificate is not good; it hung up, or what it sent was no HTTP; the webhook's
secret cannot be decrypted."""
DisabledBecause = Literal["gone", "failing"]
"""The receiver said 410; or nothing was delivered for a day."""
WebhookState = Literal["good", "failing", "disabled"]

MOST_WEBHOOKS = 20
TRIED_FOR = timedelta(hours=24)
"""So long a delivery is tried again."""
LATE = timedelta(hours=1)
"""A delivery that nobody tried until so long after its end is out of date."""
KEPT = timedelta(days=30)
"""Deliveries are remembered for so long."""
OLD_SECRET_GOOD_FOR = timedelta(hours=24)
"""After a rotation the old secret signs, too, for so long."""
MOST_WAITING = 5000
"""Deliveries that wait for one webhook; what comes on top is dropped and counted."""

PAUSES = (10, 30, 120, 600, 1800, 3600, 7200, 14_400)
"""Seconds between tries; the last one is repeated."""
SPREAD = 0.2
"""Part of a pause by which it is shortened or lengthened, so that not everything comes back at the same moment."""

GIVEN_UP_AFTER = timedelta(hours=24)
"""A webhook that has not had a success for so long is disabled …"""
FAILURES_AT_LEAST = 10
"""… when it has failed at least so often meanwhile."""


class NoSuchWebhook(Refusal):
    status = 404
    error_code = "no_such_webhook"

    def __init__(self) -> None:
        super().__init__("There is no such webhook.")


class NoSuchDelivery(Refusal):
    status = 404
    error_code = "no_such_delivery"

    def __init__(self) -> None:
        super().__init__("There is no such delivery of this webhook.")


class TooManyWebhooks(Refusal):
    error_code = "too_many_webhooks"

    def __init__(self) -> None:
        super().__init__(f"A station has at most {MOST_WEBHOOKS} webhooks: delete one first.")


class BadAddress(Refusal):
    """Not an address that a webhook may have."""

    status = 422
    error_code = "bad_address"


class ForbiddenAddress(Refusal):
    status = 422
    error_code = "forbidden_address"

    def __init__(self) -> None:
        super().__init__(
            "Webhooks do not go into private networks. AIRTIGHT_API_WEBHOOK_ALLOW lists receivers that are meant."
        )


class WebhookDisabled(Refusal):
    error_code = "webhook_disabled"

    def __init__(self) -> None:
        super().__init__("This webhook is disabled: enable it first.")


@dataclass(frozen=True)
class Outcome:
    """How one try ended; `problem` is None when the receiver took it."""

    status: int | None
    problem: Problem | None
    seconds: float
    answer: str = ""
    """The beginning of what the receiver said, fit for showing."""


@dataclass(frozen=True)
class Health:
    """How a webhook has fared since its last success."""

    failures: int = 0
    failing_since: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a person is to know of a webhook."""

    enabled: bool
    failures: int
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None


def judged(status: int) -> Problem | None:
    """What is wrong with an answer of this status: only 2xx is a success, and nobody follows a redirect."""
    return None if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else "refused"


def next_try(tries: int, give_up_at: datetime, now: datetime, *, luck: float) -> datetime | None:
    """When a delivery that has failed `tries` times is tried again; None when that was the last time.

    `luck` is anything from 0 to 1. The last try is at `give_up_at`.
    """
    if now >= give_up_at:
        return None
    pause = PAUSES[min(tries, len(PAUSES)) - 1] * (1 - SPREAD + 2 * SPREAD * luck)
    return min(now + timedelta(seconds=pause), give_up_at)


def after(health: Health, outcome: Outcome, now: datetime) -> tuple[Health, DisabledBecause | None]:
    """A webhook's health after a try, and why it is to be disabled, if it is."""
    if outcome.problem is None:
        return Health(), None
    health = replace(health, failures=health.failures + 1, failing_since=health.failing_since or now)
    if outcome.status == HTTPStatus.GONE:
        return health, "gone"
    return health, "failing" if _given_up(health, now) else None


def _given_up(health: Health, now: datetime) -> bool:
    since = health.failing_since
    return since is not None and now - since >= GIVEN_UP_AFTER and health.failures >= FAILURES_AT_LEAST


def state_of(standing: Standing) -> WebhookState:
    """A webhook's state in one word."""
    if not standing.enabled:
        return "disabled"
    return "failing" if standing.failures else "good"


def note(standing: Standing) -> str | None:
    """What is wrong with a webhook, and since when; None when nothing is."""
    failing = ""
    if standing.failing_since:
        failing = f"Nothing was delivered since {_said(standing.failing_since)} ({standing.failures} tries failed)."
    if standing.enabled:
        return failing or None
    disabled = f"Disabled since {_said(standing.disabled_at)}" if standing.disabled_at else "Disabled"
    match standing.disabled_because:
        case "gone":
            return f"{disabled}: the receiver answered 410, it is gone."
        case "failing":
            return f"{disabled}. {failing}"
        case None:
            return f"{disabled} by an administrator."


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
