"""stream-control's facts: what aired, and what became of the requests."""

import asyncio
from datetime import UTC, datetime

import httpx
from kit.bell import ring
from kit.contracts.facts import AnyFact
from kit.db import Sessions
from kit.reader import Reader
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from api import tables
from api.announcing import reader as announcing
from api.library import reader as library
from api.live import reader as live
from api.played import reader as played
from api.queue import reader as queue
from api.ringing import OWNER as API
from api.settings import Settings

OWNER = "stream-control"
POLL = 2.0
"""Seconds after which the feed is read although nobody rang."""


class Feed:
    """Follows stream-control's feed. Every process of this service may: the reader lets one of them apply a fact."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis, http: httpx.AsyncClient) -> None:
        self._redis = redis
        self._changed = False
        self.wake = asyncio.Event()
        self.read_at: datetime | None = None
        """When the end of the feed was last reached."""
        self.reader = Reader(
            sessions,
            http,
            OWNER,
            settings.stream_control_address,
            settings.token.get_secret_value(),
            tables.cursors,
            tables.set_aside,
            self._apply,
        )

    async def step(self) -> None:
        """Read to the end; whoever follows this service looks again when something changed."""
        self._changed = False
        try:
            await self.reader.step()
            self.read_at = datetime.now(UTC)
        finally:
            # Also after a failure: what came before it was committed.
            if self._changed:
                await ring(self._redis, API)

    async def _apply(self, tx: AsyncSession, fact: AnyFact) -> None:
        self._changed = True
        await take_in(tx, fact)


async def take_in(tx: AsyncSession, fact: AnyFact) -> None:
    """All that a fact changes here."""
    await played.apply(tx, fact)
    await library.apply(tx, fact)
    await queue.apply(tx, fact)
    await live.apply(tx, fact)
    # Last: it looks at what the others know by now.
    await announcing.apply(tx, fact)
