"""The parts of stream-control, and the loops that keep the air as it is wanted."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from kit.db import Sessions
from kit.loops import repeat
from redis.asyncio import Redis

from stream_control.as_run.service import catch_up, forget_old
from stream_control.engine.icecast import Icecast
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.monitor.readiness import Parts
from stream_control.monitor.service import Monitor
from stream_control.now_playing.service import Follower, Publisher
from stream_control.programme.items import Items
from stream_control.programme.service import Programme
from stream_control.programme.starter import Starter
from stream_control.settings import Settings
from stream_control.wanted.rules import PLAYLISTS, Playlist
from stream_control.wanted.service import Pauses, Reconciler

JOURNAL_POLL = 0.1
"""Seconds between looks at the journal: a title is shown this late at most."""


@dataclass(frozen=True)
class Station:
    """Everything that runs; the routers reach what they need through the application's state."""

    settings: Settings
    sessions: Sessions
    items: Items
    liquidsoap: Liquidsoap
    reconcilers: dict[Playlist, Reconciler]
    programme: Programme
    starter: Starter
    starter_made: asyncio.Event
    follower: Follower
    publisher: Publisher
    monitor: Monitor
    parts: Parts

    def loops(self) -> list[Coroutine[Any, Any, None]]:
        """Each goes on whatever happens to the others."""
        scan_every = self.settings.programme_scan_seconds
        return [
            repeat("as_run", self._write_as_run, every=1),
            repeat("now_playing", self.follower.step, every=JOURNAL_POLL),
            repeat("push", self.publisher.push, every=2, wake=self.follower.changed_for_push),
            repeat("title", self.publisher.set_title, every=2, wake=self.follower.changed_for_title),
            repeat("programme", self.programme.step, every=scan_every, wake=self.starter_made),
            repeat("starter", self.starter.step, every=3),
            repeat("journal_kept", self._forget_old_journals, every=3600),
            repeat("monitor", self.monitor.step, every=10),
            *(reconciler.run() for reconciler in self.reconcilers.values()),
        ]

    async def _forget_old_journals(self) -> None:
        await forget_old(self.sessions, self.settings.journal_folder, keep=timedelta(days=self.settings.journal_days))

    async def _write_as_run(self) -> None:
        if self.items.known is None:
            await self.items.load(self.sessions)
        await catch_up(self.sessions, self.settings.journal_folder, self.items)


@asynccontextmanager
async def assemble(settings: Settings, sessions: Sessions) -> AsyncIterator[Station]:
    """Build every part from the settings; connections are made when they are first needed."""
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    password = settings.mpd_password.get_secret_value()
    players: dict[Playlist, Player] = {
        name: Player(name, settings.run / f"mpd-{name}.sock", password) for name in PLAYLISTS
    }
    liquidsoap = Liquidsoap(settings.liquidsoap_socket)
    items, pauses, starter_made = Items(), Pauses(sessions), asyncio.Event()
    reconcilers = {
        name: Reconciler(name, players[name], liquidsoap, pauses, items, settings.copies_folder) for name in PLAYLISTS
    }
    follower = Follower(settings.journal_folder, settings.public_folder, items, settings.station_name)
    async with httpx.AsyncClient() as http:
        icecast = Icecast(http, settings.icecast_address, settings.icecast_admin_password.get_secret_value())
        monitor = Monitor(icecast, follower)
        yield Station(
            settings,
            sessions,
            items,
            liquidsoap,
            reconcilers,
            Programme(settings, sessions, items, reconcilers["fallback"].wake),
            Starter(settings, http, items, starter_made),
            starter_made,
            follower,
            Publisher(follower, redis, liquidsoap, settings.station_name),
            monitor,
            Parts(
                sessions, redis, liquidsoap, icecast, players, monitor, follower, settings.var, settings.disk_reserve_mb
            ),
        )
    await redis.aclose()
