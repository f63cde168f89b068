"""The worker of webhooks: it takes what is due, sends it, and writes down how that went.

A delivery is a row with a lease: a worker that dies loses nothing, and what it had just sent is sent once more. However
slow a receiver is, its host has only so many tries at once, and all others go on beside them.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from kit.db import Sessions
from kit.loops import repeat
from sqlalchemy.exc import SQLAlchemyError

from api.secrets import Unreadable, Vault
from api.webhooks import queries, signing
from api.webhooks.queries import Job
from api.webhooks.rules import Outcome
from api.webhooks.sending import Sender

logger = structlog.get_logger()
EVERY = 2.0
"""Seconds between two looks at what is due, when nobody rings."""
AT_ONCE = 2
"""Tries at the same time for one host."""
AGAIN = 1.0
"""Seconds until an outcome is written down again, when the database was away."""


class Courier:
    """Delivers, in one process; others may do so beside it."""

    def __init__(self, sessions: Sessions, sender: Sender, vault: Vault) -> None:
        self._sessions = sessions
        self._sender = sender
        self._vault = vault
        self._busy: Counter[str] = Counter()
        self.wake = asyncio.Event()
        """Set it when something may be due."""

    async def run(self, *, every: float = EVERY) -> None:
        """Deliver until cancelled. What is being tried then is tried again once its lease ends."""
        async with asyncio.TaskGroup() as tries:
            await repeat("webhooks", partial(self._begin, tries), every=every, wake=self.wake)

    async def _begin(self, tries: asyncio.TaskGroup) -> None:
        """Begin with everything that is due and has a place."""
        now = datetime.now(UTC)
        async with self._sessions.begin() as tx:
            jobs = [
                job
                for host, webhooks in by_host(await queries.due(tx, now)).items()
                if (free := AT_ONCE - self._busy[host]) > 0
                for job in await queries.claim(tx, webhooks, free, now)
            ]
        for job in jobs:
            self._busy[host_of(job.url)] += 1
            tries.create_task(self._deliver(job))

    async def _deliver(self, job: Job) -> None:
        try:
            await self._settle(job, await self._try(job))
        except Exception as error:
            # Its lease ends, and it is tried again.
            logger.error("webhook_delivery_stopped", delivery=str(job.id), exc_info=error)
        finally:
            self._busy[host_of(job.url)] -= 1
            self.wake.set()

    async def _try(self, job: Job) -> Outcome:
        try:
            secrets = [self._vault.unseal(sealed) for sealed in job.secrets]
        except Unreadable:
            return Outcome(None, "unreadable", 0)
        headers = signing.headers(job.event, job.id, job.body, secrets=secrets, now=datetime.now(UTC))
        return await self._sender.send(job.url, headers, job.body)

    async def _settle(self, job: Job, outcome: Outcome) -> None:
        while True:
            now = datetime.now(UTC)
            try:
                async with self._sessions.begin() as tx:
                    disabled = await queries.settle(tx, job, outcome, now=now, luck=random.random())  # noqa: S311
                break
            except (SQLAlchemyError, OSError, TimeoutError):
                if now > job.lease_until:
                    raise
                await asyncio.sleep(AGAIN)
        told = {"webhook": str(job.webhook_id), "delivery": str(job.id), "status": outcome.status}
        logger.info("webhook_tried", event_name=job.event, problem=outcome.problem, seconds=outcome.seconds, **told)
        if disabled:
            logger.warning("webhook_disabled", reason=disabled, **told)


def host_of(url: str) -> str:
    """Host and port: who is slow together."""
    return urlsplit(url).netloc.lower()


def by_host(webhooks: Mapping[UUID, str]) -> dict[str, list[UUID]]:
    """Webhooks by the host that they lead to."""
    found: dict[str, list[UUID]] = {}
    for webhook_id, url in webhooks.items():
        found.setdefault(host_of(url), []).append(webhook_id)
    return found
