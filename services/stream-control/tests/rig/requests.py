"""The requests' tier in parts: a real MPD, an engine that says what it hears, a journal, and api's wishes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
from kit.contracts.queues import WantedItem
from kit.db import Sessions
from redis.asyncio import Redis
from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.engine.mpd import Player
from stream_control.engine.state import PlayerState
from stream_control.engine.unreachable import EngineUnreachable
from stream_control.journal.lines import Line
from stream_control.now_playing.service import Follower
from stream_control.requests import lead_in
from stream_control.requests.service import RequestsReconciler
from stream_control.requests.unplayable import Unplayable
from stream_control.settings import Settings
from stream_control.wanted.client import Api
from stream_control.wanted.items import Items
from stream_control.wanted.pauses import Pauses
from stream_control.wanted.source import Source

from rig.api import WantingApi, request, wanting_api
from rig.engine import STATUS, SpokenTo, control_socket
from rig.journals import append, lost, tier, track, written
from rig.players import RealPlayer
from rig.sounds import music, sound_file
from rig.station import MPD_PASSWORD, STREAM_CONTROL_TOKEN
from rig.waiting import answers

SECONDS = 20.0
"""Length of each song."""


@dataclass
class Tier:
    """The requests' tier of a station, driven step by step; the journal holds what the test writes into it."""

    settings: Settings
    mpd: RealPlayer
    player: Player
    engine: SpokenTo
    desk: WantingApi
    source: Source
    follower: Follower
    reconciler: RequestsReconciler
    on_air: str = "fallback"
    gate: bool = True

    def answer(self, command: str) -> str:
        """The engine's answer: its requests are ready when their stream can be reached."""
        if command != "air.status":
            return "OK"
        status = json.loads(STATUS) | {"tier": self.on_air}
        status["user"] = {"ready": answers(self.mpd.stream_port), "gate": self.gate}
        return json.dumps(status)

    async def want(self, *names: str) -> None:
        """api wants these requests; their copies are there."""
        await self.want_items(*(request(name, seconds=SECONDS) for name in names))

    async def want_items(self, *items: WantedItem) -> None:
        for item in items:
            path = self.settings.media_folder / item.path
            if not path.exists():
                # The same sound for all: the journal says which song it is, and that is the test's word.
                path.write_bytes(_song(self.mpd.home.parent / "song.flac").read_bytes())
        self.desk.want("user", *items)
        await self.source.step()

    def journal(self, *lines: Line) -> None:
        """Write into today's journal."""
        append(self.settings.journal_folder, map(written, lines), day=f"{datetime.now(UTC):%Y-%m-%d}")

    def heard(self, item: str, *, ago: float = 0.0) -> None:
        """The journal tells that a request is heard."""
        at = time.time() - ago
        self.journal(tier(at, "user"), track(at, "user", item))

    def lost(self) -> None:
        """The journal tells that the player is lost."""
        self.journal(lost(time.time(), "user"))

    async def state(self) -> PlayerState:
        return await self.player.state()

    async def queue(self) -> list[str]:
        return [song.item for song in (await self.state()).queue]

    async def plays(self) -> str | None:
        """The item that plays."""
        state = await self.state()
        return state.current.item if state.playback == "play" and state.current else None

    async def answers(self) -> bool:
        """Whether the player is reached."""
        with suppress(EngineUnreachable):
            await self.player.state()
            return True
        return False


@asynccontextmanager
async def requests_tier(settings: Settings, sessions: Sessions, redis: Redis, mpd: RealPlayer) -> AsyncIterator[Tier]:
    """A tier on an empty player."""
    player = Player("user", mpd.socket, MPD_PASSWORD)
    await player.run([("clear",), ("enableoutput", 0)])
    await asyncio.to_thread(partial(_lead_in_from, mpd.home.parent / "lead-in", settings.media_folder))
    items = Items()
    follower = Follower(settings.journal_folder, settings.public_folder, items, "Test Radio")
    with wanting_api() as desk:
        desk.want("user")
        desk.want("fallback")
        async with httpx.AsyncClient() as http, control_socket(settings.liquidsoap_socket) as engine:
            source = Source(Api(http, desk.address, STREAM_CONTROL_TOKEN), settings.wanted_folder, items)
            reconciler = RequestsReconciler(
                player,
                Liquidsoap(settings.liquidsoap_socket),
                Pauses(sessions),
                source,
                follower,
                Unplayable(sessions, redis),
                settings.media_folder,
            )
            tier = Tier(settings, mpd, player, engine, desk, source, follower, reconciler)
            engine.answer = tier.answer
            yield tier
    player._drop()


def _song(path: Path) -> Path:
    return path if path.exists() else sound_file(path, music(SECONDS))


def _lead_in_from(made: Path, media: Path) -> None:
    """The lead-in is made once for all tests."""
    made.mkdir(exist_ok=True)
    asyncio.run(lead_in.make(made))
    lead_in.path_of(media).write_bytes(lead_in.path_of(made).read_bytes())
