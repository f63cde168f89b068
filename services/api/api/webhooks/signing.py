"""How a receiver knows that a delivery is the station's own: docs/webhooks.md says how to verify it."""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
"""Makes a secret that was published by mistake easy to find."""
AGENT = "Airtight-Webhooks/1"


def new_secret() -> str:
    """A secret to sign with."""
    return PREFIX + secrets.token_urlsafe(32)


def headers(event: str, delivery: UUID, body: bytes, *, secrets: Iterable[str], now: datetime) -> Mapping[str, str]:
    """A try's headers: each of the secrets signs the moment and the body."""
    timestamp = str(int(now.timestamp()))
    signed = f"{timestamp}.".encode() + body
    signatures = (hmac.new(secret.encode(), signed, "sha256").hexdigest() for secret in secrets)
    return {
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "Airtight-Event": event,
        "Airtight-Delivery": str(delivery),
        "Airtight-Timestamp": timestamp,
        "Airtight-Signature": ",".join(f"v1={signature}" for signature in signatures),
    }
