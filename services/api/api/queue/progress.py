"""How far a request is, for whoever watches: in its row, and on a channel of Redis that may be missed."""

import json
from uuid import UUID

from kit.bell import ring
from kit.db import Sessions
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, update

from api.queue.models import QueueItem
from api.queue.rules import RequestState
from api.ringing import OWNER

CHANNEL = "airtight:progress"


class Progress:
    """How much of the work on one request is done, in per cent; it never goes back."""

    def __init__(self) -> None:
        self.percent = 0

    def reach(self, percent: float) -> None:
        """So much is done now."""
        self.percent = max(self.percent, min(100, int(percent)))

    def part(self, part: float, *, since: int, until: int) -> None:
        """A part (0 to 1) of the step between two percentages is done."""
        self.reach(since + (until - since) * part)


async def still_wanted(sessions: Sessions, item: UUID, percent: int) -> bool:
    """Write the progress down; False when the request was taken out meanwhile."""
    async with sessions.begin() as tx:
        reached = func.greatest(QueueItem.progress, percent)
        mine = (QueueItem.id == item) & (QueueItem.state == "fetching")
        return await tx.scalar(update(QueueItem).where(mine).values(progress=reached).returning(QueueItem.id)) == item


async def publish(redis: Redis, item: UUID, state: RequestState, percent: int) -> None:
    """Tell those who watch; when nobody hears it, nothing is lost."""
    said = json.dumps({"id": str(item), "state": state, "progress": percent})
    try:
        await redis.publish(CHANNEL, said)
    except (RedisError, OSError, TimeoutError):
        return


async def announce(redis: Redis, item: UUID, state: RequestState) -> None:
    """A request has another state: tell those who watch it, and all who follow the queue."""
    await publish(redis, item, state, 100)
    await ring(redis, OWNER)
