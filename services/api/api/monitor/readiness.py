"""Can the service do its work? Every part is asked at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kit import readiness
from kit.db import Sessions
from kit.jobs import DEAD_AFTER
from kit.readiness import NotWell, Questions, Readiness
from prometheus_client import Gauge
from redis.asyncio import Redis
from sqlalchemy import text

from api import tables

STALE_AFTER = 15.0
"""Seconds after which a feed that was not read to its end is not followed any more."""

SET_ASIDE = Gauge("airtight_api_set_aside", "Facts that could not be taken in")
JOBS = Gauge("airtight_jobs_waiting", "Jobs that no worker has begun")
FEED_AGE = Gauge("airtight_feed_age_seconds", "Since stream-control's feed was last read to its end")

_WORKER = text("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
_WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")


@dataclass(frozen=True)
class Parts:
    """Everything that readiness asks; each question returns a word for a person, or raises."""

    sessions: Sessions
    redis: Redis
    feed_read_at: Callable[[], datetime | None]
    """When the end of stream-control's feed was last reached."""
    var: Path
    reserve_mb: int

    async def readiness(self) -> Readiness:
        """Ask every part at once; one that does not answer in time is not well."""
        return await readiness.ask(self._questions())

    def _questions(self) -> Questions:
        return {
            "database": partial(readiness.database, self.sessions),
            "redis": partial(readiness.redis_answers, self.redis),
            "stream_control": self._feed,
            "facts_set_aside": self._set_aside,
            "worker": self._worker,
            "disk": partial(readiness.disk, self.var, reserve_mb=self.reserve_mb),
        }

    async def _feed(self) -> str:
        read_at = self.feed_read_at()
        if read_at is None:
            raise NotWell("its feed has not been read yet")
        age = (datetime.now(UTC) - read_at).total_seconds()
        FEED_AGE.set(age)
        if age > STALE_AFTER:
            raise NotWell(f"its feed was last read {age:.0f} s ago")
        return f"feed read {age:.0f} s ago"

    async def _set_aside(self) -> str:
        count = await readiness.set_aside(self.sessions, tables.set_aside)
        SET_ASIDE.set(count)
        return str(count)

    async def _worker(self) -> str:
        async with self.sessions() as tx:
            age, waiting = await tx.scalar(_WORKER), await tx.scalar(_WAITING) or 0
        JOBS.set(waiting)
        if age is None or age > DEAD_AFTER:
            raise NotWell("none is alive" if age is None else f"last heard of {age:.0f} s ago")
        return f"alive, {waiting} jobs wait"
