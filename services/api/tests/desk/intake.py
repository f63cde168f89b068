"""Folders and uploads become tracks, in this process: what the worker does, one step at a time."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from api.arriving.preparing import Preparer
from api.following import following
from api.library.models import Track
from api.programme.intake import Programme
from api.settings import Settings
from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy import select


class Intake(Programme):
    """The programme's intake that does the jobs itself which it asks for, two at once."""

    def __init__(self, settings: Settings, sessions: Sessions, redis: Redis) -> None:
        super().__init__(settings, sessions, redis)
        self.preparer = Preparer(sessions, settings, redis, following(sessions, redis))
        self._tracks = sessions

    async def step(self) -> None:
        """Look at all folders once, and prepare what waits."""
        await super().step()
        if self.looked_through:
            waiting = list(await self._waiting())
            while waiting:
                await asyncio.gather(*(self.preparer.prepare(waiting.pop(0)) for _ in waiting[:2]))

    async def _waiting(self) -> Sequence[UUID]:
        async with self._tracks() as tx:
            query = select(Track.id).where(Track.state == "waiting")
            return (await tx.scalars(query.order_by(Track.source != "upload", Track.source, Track.path))).all()
