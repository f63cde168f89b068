"""Is the station well? Every part is asked at once."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kit.db import Sessions
from prometheus_client import Gauge
from redis.asyncio import Redis
from sqlalchemy import func, select, text

from stream_control import tables
from stream_control.engine.icecast import Icecast
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.monitor.level import AUDIBLE_DBFS
from stream_control.monitor.schemas import Check, Readiness
from stream_control.monitor.service import Monitor
from stream_control.now_playing.service import Follower
from stream_control.wanted.rules import Playlist

STALE_AFTER = 45.0
"""Seconds after which a measurement says nothing any more."""
PATIENCE = 3.0
"""Seconds in which each part has to answer."""

SET_ASIDE = Gauge("airtight_set_aside", "Facts and journal lines that could not be taken in")


class NotWell(Exception):
    """A part that answers, and what it says is not good."""


@dataclass(frozen=True)
class Parts:
    """Everything that readiness asks; each question returns a word for a person, or raises."""

    sessions: Sessions
    redis: Redis
    liquidsoap: Liquidsoap
    icecast: Icecast
    players: Mapping[Playlist, Player]
    monitor: Monitor
    follower: Follower
    var: Path
    reserve_mb: int

    async def readiness(self) -> Readiness:
        """Ask every part at once; one that does not answer in time is not well."""
        questions = self._questions()
        answers = await asyncio.gather(*(_ask(question) for question in questions.values()))
        checks = dict(zip(questions, answers, strict=True))
        return Readiness(ready=all(check.ok for check in answers), checks=checks)

    def _questions(self) -> dict[str, Callable[[], Awaitable[str]]]:
        return {
            "database": self._database,
            "redis": self._answers_redis,
            "liquidsoap": self._engine,
            "icecast": self._mounts,
            **{f"mpd_{name}": partial(self._playback, player) for name, player in self.players.items()},
            "facts_set_aside": self._set_aside,
            "disk": self._disk,
            "stream": self._stream,
        }

    async def _database(self) -> str:
        async with self.sessions() as tx:
            await tx.execute(text("SELECT 1"))
        return "answers"

    async def _answers_redis(self) -> str:
        await self.redis.ping()  # type: ignore[misc]  # its types are those of both kinds of clients
        return "answers"

    async def _engine(self) -> str:
        return f"up for {(await self.liquidsoap.status()).uptime:.0f} s"

    async def _mounts(self) -> str:
        return f"mounts {', '.join(sorted(await self.icecast.listeners()))}"

    async def _playback(self, player: Player) -> str:
        return (await player.state()).playback

    async def _set_aside(self) -> str:
        async with self.sessions() as tx:
            count = await tx.scalar(select(func.count()).select_from(tables.set_aside)) or 0
        SET_ASIDE.set(count)
        return str(count)

    async def _disk(self) -> str:
        free_mb = shutil.disk_usage(self.var).free // 1_000_000
        if free_mb < self.reserve_mb:
            raise NotWell(f"nearly full: {free_mb} MB free of the {self.reserve_mb} MB kept in reserve")
        return f"{free_mb} MB free"

    async def _stream(self) -> str:
        heard = self.monitor.heard
        if heard.at is None or (datetime.now(UTC) - heard.at).total_seconds() > STALE_AFTER:
            raise NotWell("not measured lately")
        if heard.level_dbfs is None:
            raise NotWell("nothing comes")
        if heard.level_dbfs < AUDIBLE_DBFS:
            raise NotWell(f"silent: {heard.level_dbfs} dBFS")
        return f"{self.follower.state.tier} at {heard.level_dbfs} dBFS"


async def _ask(question: Callable[[], Awaitable[str]]) -> Check:
    try:
        async with asyncio.timeout(PATIENCE):
            return Check(ok=True, detail=await question())
    except NotWell as problem:
        return Check(ok=False, detail=str(problem))
    except Exception as error:
        return Check(ok=False, detail=f"{type(error).__name__}: {error}"[:200])
