"""The parts of stream-control, and the loops that keep the air as it is wanted."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from kit import bell
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
from stream_control.requests import lead_in
from stream_control.requests.service import RequestsReconciler
from stream_control.requests.unplayable import Unplayable
from stream_control.settings import Settings
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.reconciler import Reconciler
from stream_control.wanted.rules import PLAYLISTS, Playlist
from stream_control.wanted.service import ProgrammeReconciler
from stream_control.wanted.source import Source

JOURNAL_POLL = 0.1
"""Seconds between looks at the journal: a title is shown this late at most."""
ASK_EVERY = 5.0
"""Seconds between questions to api that its bell did not ask for."""


@dataclass(frozen=True)
class Station:
    """Everything that runs; the routers reach what they need through the application's state."""

    settings: Settings
    sessions: Sessions
    redis: Redis
    api: Api
    items: Items
    source: Source
    reconcilers: Mapping[Playlist, Reconciler]
    follower: Follower
    publisher: Publisher
    monitor: Monitor
    parts: Parts
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """api's bell rang."""
    aired: asyncio.Event = field(default_factory=asyncio.Event)
    """The journal told something."""

    def loops(self) -> list[Coroutine[Any, Any, None]]:
        """Each goes on whatever happens to the others."""
        self.follower.told_by_journal += [self.aired, self.reconcilers["user"].wake]
        return [
            repeat("as_run", self._write_as_run, every=1, wake=self.aired),
            repeat("now_playing", self.follower.step, every=JOURNAL_POLL),
            repeat("push", self.publisher.push, every=2, wake=self.follower.changed_for_push),
            repeat("title", self.publisher.set_title, every=2, wake=self.follower.changed_for_title),
            repeat("bell", partial(bell.listen, self.redis, "api", self.asked), every=1),
            repeat("wanted", self.source.step, every=ASK_EVERY, wake=self.asked),
            repeat("lead_in", partial(lead_in.make, self.settings.media_folder), every=30),
            repeat("journal_kept", self._forget_old_journals, every=3600),
            repeat("monitor", self.monitor.step, every=10),
            *(reconciler.run() for reconciler in self.reconcilers.values()),
        ]

    async def _forget_old_journals(self) -> None:
        await forget_old(self.sessions, self.settings.journal_folder, keep=timedelta(days=self.settings.journal_days))

    async def _write_as_run(self) -> None:
        if await catch_up(self.sessions, self.settings.journal_folder, self.items, self.api):
            await bell.ring(self.redis, "stream-control")


@asynccontextmanager
async def assemble(settings: Settings, sessions: Sessions) -> AsyncIterator[Station]:
    """Build every part from the settings; connections are made when they are first needed."""
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    liquidsoap, items = Liquidsoap(settings.liquidsoap_socket), Items()
    follower = Follower(settings.journal_folder, settings.public_folder, items, settings.station_name)
    async with httpx.AsyncClient() as http:
        api = Api(http, settings.api_address, settings.token.get_secret_value())
        source = Source(api, settings.wanted_folder, items)
        icecast = Icecast(http, settings.icecast_address, settings.icecast_admin_password.get_secret_value())
        monitor = Monitor(icecast, follower, settings.run)
        players = _players(settings)
        pauses, media = Pauses(sessions), settings.media_folder
        unplayable = Unplayable(sessions, redis)
        yield Station(
            settings,
            sessions,
            redis,
            api,
            items,
            source,
            {
                "user": RequestsReconciler(players["user"], liquidsoap, pauses, source, follower, unplayable, media),
                "fallback": ProgrammeReconciler(players["fallback"], liquidsoap, pauses, source, media),
            },
            follower,
            Publisher(follower, redis, liquidsoap, settings.station_name),
            monitor,
            Parts(
                sessions,
                redis,
                liquidsoap,
                icecast,
                players,
                monitor,
                follower,
                settings.run,
                settings.var,
                settings.disk_reserve_mb,
            ),
        )
    await redis.aclose()


def _players(settings: Settings) -> dict[Playlist, Player]:
    password = settings.mpd_password.get_secret_value()
    return {name: Player(name, settings.run / f"mpd-{name}.sock", password) for name in PLAYLISTS}
