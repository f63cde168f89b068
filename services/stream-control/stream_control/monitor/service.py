"""Is the station well? Asked of each engine, and of the stream as a listener hears it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kit.db import Sessions
from prometheus_client import Gauge
from redis.asyncio import Redis
from sqlalchemy import func, select, text

from stream_control import tables
from stream_control.engine.icecast import Icecast
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.monitor.level import measure
from stream_control.monitor.schemas import Check, Readiness
from stream_control.now_playing.service import Follower
from stream_control.wanted.rules import Playlist

AUDIBLE_DBFS = -60.0
STALE_AFTER = 45.0
"""Seconds after which a measurement says nothing any more."""

LEVEL = Gauge("airtight_level_dbfs", "Mean level of the stream as a listener gets it")
LISTENERS = Gauge("airtight_listeners", "Connected listeners")
ON_AIR = Gauge("airtight_tier_on_air", "1 for the tier that listeners hear", ["tier"])
SET_ASIDE = Gauge("airtight_set_aside", "Facts and journal lines that could not be taken in")


@dataclass
class Heard:
    """The last measurement of the stream."""

    level_dbfs: float | None = None
    at: datetime | None = None


class Monitor:
    """Counts listeners and measures the stream, one after the other: its own ear is not counted."""

    def __init__(self, icecast: Icecast, follower: Follower) -> None:
        self._icecast = icecast
        self._follower = follower
        self.heard = Heard()

    async def step(self) -> None:
        """Count and measure once."""
        counts = await self._icecast.listeners()
        self._follower.listeners = sum(counts.values())
        level = await measure(f"http://{self._icecast.address}/radio")
        self.heard = Heard(level, datetime.now(UTC))
        LISTENERS.set(self._follower.listeners)
        LEVEL.set(level if level is not None else float("-inf"))
        for tier in ("live", "user", "fallback", "noise"):
            ON_AIR.labels(tier).set(self._follower.state.tier == tier)


@dataclass(frozen=True)
class Parts:
    """Everything that readiness asks."""

    sessions: Sessions
    redis: Redis
    liquidsoap: Liquidsoap
    icecast: Icecast
    players: Mapping[Playlist, Player]
    monitor: Monitor
    follower: Follower


async def readiness(parts: Parts) -> Readiness:
    """Ask every part at once; one that does not answer within three seconds is not well."""

    async def database() -> str:
        async with parts.sessions() as tx:
            await tx.execute(text("SELECT 1"))
        return "answers"

    async def set_aside() -> str:
        async with parts.sessions() as tx:
            count = await tx.scalar(select(func.count()).select_from(tables.set_aside)) or 0
        SET_ASIDE.set(count)
        return str(count)

    async def redis() -> str:
        await parts.redis.ping()
        return "answers"

    async def liquidsoap() -> str:
        return f"up for {(await parts.liquidsoap.status()).uptime:.0f} s"

    async def icecast() -> str:
        return f"mounts {', '.join(sorted(await parts.icecast.listeners()))}"

    async def stream() -> str:
        return _judge(parts.monitor.heard, parts.follower.state.tier)

    def mpd(player: Player) -> Callable[[], Coroutine[Any, Any, str]]:
        async def playback() -> str:
            return (await player.state()).playback

        return playback

    asked = {"database": database, "redis": redis, "liquidsoap": liquidsoap, "icecast": icecast}
    asked |= {f"mpd_{name}": mpd(player) for name, player in parts.players.items()}
    asked |= {"facts_set_aside": set_aside, "stream": stream}
    answers = await asyncio.gather(*(_ask(question) for question in asked.values()))
    checks = dict(zip(asked, answers, strict=True))
    return Readiness(ready=all(check.ok for check in answers), checks=checks)


def _judge(heard: Heard, tier: str | None) -> str:
    if heard.at is None or (datetime.now(UTC) - heard.at).total_seconds() > STALE_AFTER:
        raise RuntimeError("not measured lately")
    if heard.level_dbfs is None:
        raise RuntimeError("nothing comes")
    if heard.level_dbfs < AUDIBLE_DBFS:
        raise RuntimeError(f"silent: {heard.level_dbfs} dBFS")
    return f"{tier} at {heard.level_dbfs} dBFS"


async def _ask(question: Callable[[], Coroutine[Any, Any, str]]) -> Check:
    try:
        async with asyncio.timeout(3):
            return Check(ok=True, detail=await question())
    except Exception as error:
        return Check(ok=False, detail=f"{type(error).__name__}: {error}"[:200])
