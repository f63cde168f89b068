"""Who follows a track on its way into the library: whoever sent it, and the playlist."""

from kit.db import Sessions
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from api.arriving.making import Stage
from api.arriving.outcomes import Following
from api.library.models import Track
from api.programme import service as programme
from api.uploading import finishing


def following(sessions: Sessions, redis: Redis) -> Following:
    """All of them."""

    async def reached(track: Track, stage: Stage) -> None:
        await finishing.reached(sessions, redis, track, stage)

    async def settled(tx: AsyncSession, track: Track) -> None:
        await finishing.settled(tx, track)
        # Last: telling what the player should hold keeps everybody else waiting.
        await programme.follow(tx, track)

    return Following(reached, settled)
