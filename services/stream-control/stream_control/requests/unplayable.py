"""Telling api of songs that the player never begins."""

from collections.abc import Iterable
from datetime import UTC, datetime

import structlog
from kit import bell, facts
from kit.contracts.facts import TrackUnplayable
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy.exc import SQLAlchemyError

from stream_control import tables
from stream_control.requests.rules import TRIES

logger = structlog.get_logger()
PROBLEM = f"The player was given it {TRIES} times and never began it."


class Unplayable:
    """Each item is told once; one that could not be told is told later."""

    def __init__(self, sessions: Sessions, redis: Redis) -> None:
        self._sessions = sessions
        self._redis = redis
        self._told: frozenset[str] = frozenset()

    async def tell(self, items: Iterable[str]) -> None:
        """Record the fact for those that it was not recorded for yet."""
        new = sorted(set(items) - self._told)
        if not new:
            return
        at = datetime.now(UTC)
        try:
            async with self._sessions.begin() as tx:
                told = [TrackUnplayable(at=at, item_id=item, tier="user", problem=PROBLEM) for item in new]
                await facts.record(tx, tables.facts, told)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            logger.warning("unplayable_not_told", items=new, error=str(error)[:200])
            return
        self._told |= frozenset(new)
        await bell.ring(self._redis, "stream-control")
