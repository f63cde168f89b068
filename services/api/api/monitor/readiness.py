"""Can the service do its work? Every part is asked at once."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit.db import Sessions
from kit.jobs import DEAD_AFTER
from prometheus_client import Gauge
from redis.asyncio import Redis
from sqlalchemy import func, select, text

from api import tables
from api.monitor.schemas import Check, Readiness

STALE_AFTER = 15.0
"""Seconds after which a feed that was not read to its end is not followed any more."""
PATIENCE = 3.0
"""Seconds in which each part has to answer."""

SET_ASIDE = Gauge("airtight_api_set_aside", "Facts that could not be taken in")
JOBS = Gauge("airtight_jobs_waiting", "Jobs that no worker has begun")
FEED_AGE = Gauge("airtight_feed_age_seconds", "Since stream-control's feed was last read to its end")

_WORKER = text("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
_WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")


class NotWell(Exception):
    """A part that answers, and what it says is not good."""


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
        questions = self._questions()
        answers = await asyncio.gather(*(_ask(question) for question in questions.values()))
        return Readiness(ready=all(check.ok for check in answers), checks=dict(zip(questions, answers, strict=True)))

    def _questions(self) -> dict[str, Callable[[], Awaitable[str]]]:
        return {
            "database": self._database,
            "redis": self._answers_redis,
            "stream_control": self._feed,
            "facts_set_aside": self._set_aside,
            "worker": self._worker,
            "disk": self._disk,
        }

    async def _database(self) -> str:
        async with self.sessions() as tx:
            await tx.execute(text("SELECT 1"))
        return "answers"

    async def _answers_redis(self) -> str:
        await self.redis.exists("airtight")
        return "answers"

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
        async with self.sessions() as tx:
            count = await tx.scalar(select(func.count()).select_from(tables.set_aside)) or 0
        SET_ASIDE.set(count)
        return str(count)

    async def _worker(self) -> str:
        async with self.sessions() as tx:
            age, waiting = await tx.scalar(_WORKER), await tx.scalar(_WAITING) or 0
        JOBS.set(waiting)
        if age is None or age > DEAD_AFTER:
            raise NotWell("none is alive" if age is None else f"last heard of {age:.0f} s ago")
        return f"alive, {waiting} jobs wait"

    async def _disk(self) -> str:
        free_mb = shutil.disk_usage(self.var).free // 1_000_000
        if free_mb < self.reserve_mb:
            raise NotWell(f"nearly full: {free_mb} MB free of the {self.reserve_mb} MB kept in reserve")
        return f"{free_mb} MB free"


async def _ask(question: Callable[[], Awaitable[str]]) -> Check:
    try:
        async with asyncio.timeout(PATIENCE):
            return Check(ok=True, detail=await question())
    except NotWell as problem:
        return Check(ok=False, detail=str(problem))
    except Exception as error:
        return Check(ok=False, detail=f"{type(error).__name__}: {error}"[:200])
