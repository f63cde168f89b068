"""Now playing follows the journal, not the database: it goes on while PostgreSQL and Redis are away."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kit.contracts.air import NowPlaying
from pydantic import ValidationError
from redis.asyncio import Redis

from stream_control.engine.liquidsoap import Liquidsoap
from stream_control.journal import rules as journal
from stream_control.journal import tail
from stream_control.journal.lines import parse
from stream_control.journal.progress import Progress, advance
from stream_control.journal.rules import AirState
from stream_control.journal.tail import Position
from stream_control.now_playing.rules import describe
from stream_control.wanted.items import Items

CHANNEL = "airtight:now_playing"
"""Redis key of the last state, and the channel on which each change is published."""


class Follower:
    """Reads the journal's last two days, then what is added, and tells the world what is on air.

    `told_by_journal` are set whenever the journal has told that something began, ended or changed.
    """

    def __init__(self, folder: Path, public: Path, items: Items, station: str) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        self._position = Position(f"{yesterday:%Y-%m-%d}.jsonl", 0)
        self._folder = folder
        self._file = public / "now-playing.json"
        self._items = items
        self._station = station
        self._turn = asyncio.Lock()
        self._outcomes = 0
        self.state = AirState()
        self.progress = Progress()
        self.listeners = 0
        self.told: NowPlaying | None = None
        self.changed_for_push = asyncio.Event()
        self.changed_for_title = asyncio.Event()
        self.told_by_journal: list[asyncio.Event] = []

    async def catch_up(self) -> None:
        """Follow the journal to its end."""
        async with self._turn:
            seen = self._outcomes
            while await asyncio.to_thread(self._advance):
                pass
        if self._outcomes != seen:
            for wake in self.told_by_journal:
                wake.set()

    async def step(self) -> None:
        """Follow the journal to its end; write the file when what it says is another thing."""
        await self.catch_up()
        now = describe(
            self.state, self._items.named, listeners=self.listeners, station=self._station, now=datetime.now(UTC)
        )
        if self.told is None or now.model_copy(update={"updated_at": self.told.updated_at}) != self.told:
            part = self._file.with_suffix(".part")
            part.write_text(now.model_dump_json())
            part.replace(self._file)
            self.told = now
            self.changed_for_push.set()
            self.changed_for_title.set()

    def _advance(self) -> bool:
        lines, reached = tail.read(self._folder, self._position)
        moved = reached != self._position
        self._position = reached
        for text, _ in lines:
            try:
                line = parse(text)
            except ValidationError:
                continue
            before = self.state
            self.state, outcomes = journal.fold(before, line, self._items.length_of)
            self.progress = advance(self.progress, before, self.state, outcomes)
            self._outcomes += len(outcomes)
        return moved


class Publisher:
    """Passes a change on to Redis and to the players of the MP3 stream. Neither is needed for the other, or for air."""

    def __init__(self, follower: Follower, redis: Redis, liquidsoap: Liquidsoap, station: str) -> None:
        self._follower = follower
        self._redis = redis
        self._liquidsoap = liquidsoap
        self._station = station
        self._titled: tuple[str, str] | None = None
        self._engine_since = 0.0
        self._pushed: NowPlaying | None = None

    async def push(self) -> None:
        """Send the state to Redis: once a change, and again after Redis came back empty."""
        now = self._follower.told
        if now is None or (now == self._pushed and await self._redis.exists(CHANNEL)):
            return
        body = now.model_dump_json()
        await self._redis.set(CHANNEL, body)
        await self._redis.publish(CHANNEL, body)
        self._pushed = now

    async def set_title(self) -> None:
        """Give the MP3 stream the title on air; a restarted engine is told again."""
        now = self._follower.told
        if now is None or now.tier is None:
            return
        title = (now.title or self._station, now.artist or "")
        uptime = (await self._liquidsoap.status()).uptime
        started = asyncio.get_running_loop().time() - uptime
        if title == self._titled and abs(started - self._engine_since) < 1:
            return
        await self._liquidsoap.set_title(*title)
        self._titled, self._engine_since = title, started
