"""Is the station well? Every part is asked at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kit import readiness
from kit.db import Sessions
from kit.readiness import NotWell, Questions, Readiness
from prometheus_client import Gauge
from redis.asyncio import Redis

from stream_control import tables
from stream_control.engine.icecast import Icecast
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.monitor.level import AUDIBLE_DBFS
from stream_control.monitor.service import Monitor
from stream_control.now_playing.service import Follower
from stream_control.recorder.state import State
from stream_control.wanted.rules import Playlist

STALE_AFTER = 45.0
"""Seconds after which a measurement says nothing any more."""

SET_ASIDE = Gauge("airtight_set_aside", "Facts and journal lines that could not be taken in")


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
    run: Path
    var: Path
    reserve_mb: int

    async def readiness(self) -> Readiness:
        """Ask every part at once; one that does not answer in time is not well."""
        return await readiness.ask(self._questions())

    def _questions(self) -> Questions:
        return {
            "database": partial(readiness.database, self.sessions),
            "redis": partial(readiness.redis_answers, self.redis),
            "liquidsoap": self._engine,
            "icecast": self._mounts,
            **{f"mpd_{name}": partial(self._playback, player) for name, player in self.players.items()},
            "facts_set_aside": self._set_aside,
            "recorder": self._recorder,
            "disk": partial(readiness.disk, self.var, reserve_mb=self.reserve_mb),
            "stream": self._stream,
        }

    async def _engine(self) -> str:
        return f"up for {(await self.liquidsoap.status()).uptime:.0f} s"

    async def _mounts(self) -> str:
        return f"mounts {', '.join(sorted(await self.icecast.listeners()))}"

    async def _playback(self, player: Player) -> str:
        return (await player.state()).playback

    async def _set_aside(self) -> str:
        count = await readiness.set_aside(self.sessions, tables.set_aside)
        SET_ASIDE.set(count)
        return str(count)

    async def _recorder(self) -> str:
        state = State.read(self.run)
        if state is None:
            raise NotWell("has never said anything")
        complaints = state.complaints(datetime.now(UTC))
        if complaints:
            raise NotWell("; ".join(f"{name}: {complaint}" for name, complaint in complaints.items()))
        return f"writes {', '.join(filter(None, (state.live.file, state.air.file)))}"

    async def _stream(self) -> str:
        heard = self.monitor.heard
        if heard.at is None or (datetime.now(UTC) - heard.at).total_seconds() > STALE_AFTER:
            raise NotWell("not measured lately")
        if heard.level_dbfs is None:
            raise NotWell("nothing comes")
        if heard.level_dbfs < AUDIBLE_DBFS:
            raise NotWell(f"silent: {heard.level_dbfs} dBFS")
        return f"{self.follower.state.tier} at {heard.level_dbfs} dBFS"
