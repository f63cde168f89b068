"""What everybody is told: now playing, the queue, who is live, what is silent, how requests come along.

One for each process. Redis brings changes at once. Without it now playing comes from the file that stream-control
writes, the rest from the database, a little later. Nothing is read for each client.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kit.bell import messages
from kit.contracts.air import NowPlaying
from kit.db import Sessions
from pydantic import ValidationError
from redis.asyncio import Redis

from api.events.hub import Client, Hub
from api.events.rules import counted_down, looks_the_same, same_live, told_by
from api.events.schemas import RequestMoved, SilenceNow, SilentTierShown, State, body_of
from api.live import shown as live
from api.live.schemas import LiveNow
from api.live.watch import CHANNEL as LIVE
from api.played import queries as played
from api.queue import service as queue
from api.queue.schemas import QueueShown

NOW_PLAYING = "airtight:now_playing"
"""Channel and key of stream-control: the body of now playing."""
PROGRESS = "airtight:progress"
"""Channel of the worker: how far a request has come."""
BREATH = 0.25
"""Seconds between two looks at the queue, however often somebody rings."""


class Desk:
    """Knows the station's state and tells those who listen how it changes."""

    def __init__(self, hub: Hub, sessions: Sessions, redis: Redis, now_playing_file: Path) -> None:
        self._hub = hub
        self._sessions = sessions
        self._redis = redis
        self._file = now_playing_file
        self._now: NowPlaying | None = None
        self._queue: QueueShown | None = None
        self._live = LiveNow()
        self._silence = SilenceNow()
        self._listening = False
        self._missed = False
        self.queue_rung = asyncio.Event()
        """Set it when the queue may have changed."""

    @property
    def state(self) -> State:
        """Everything, as far as it is known."""
        now = self._now
        return State(
            now_playing=now,
            tier=now.tier if now else None,
            listeners=now.listeners if now else 0,
            queue=self._queue,
            live=counted_down(self._live, datetime.now(UTC)),
            silence=self._silence,
        )

    def join(self) -> Client:
        """A new client, with the whole state as its first event; raises `TooManyStreams`."""
        client = self._hub.join()
        client.give(self._hub.encode("state", self.state))
        return client

    def leave(self, client: Client) -> None:
        """The client is gone."""
        self._hub.leave(client)

    async def follow_redis(self) -> None:
        """Pass on what Redis brings; returns only by an error."""
        try:
            async for message in messages(self._redis, NOW_PLAYING, PROGRESS, LIVE):
                if message:
                    self._take(message.channel, message.body)
                    continue
                if body := await self._redis.get(NOW_PLAYING):
                    self._take_now_playing(body)
                self._listening = True
                self.queue_rung.set()
        finally:
            # Whatever is published until the next subscription is not heard.
            self._missed, self._listening = self._missed or self._listening, False

    async def read_file(self) -> None:
        """Look at the file: the same as Redis tells, a little later, and whether Redis is there or not."""
        with suppress(FileNotFoundError):
            self._take_now_playing(self._file.read_bytes())

    async def read_queue(self) -> None:
        """Look at the queue, at who is live and at what is silent, and tell what looks different."""
        async with self._sessions() as tx:
            now = await queue.show_queue(tx, None, now=datetime.now(UTC))
            live_now = await live.live_now(tx, now=datetime.now(UTC))
            silent = [SilentTierShown.model_validate(row) for row in await played.silent_tiers(tx)]
        was_silent, self._silence = self._silence, SilenceNow(tiers=tuple(silent))
        was_live, self._live = self._live, live_now
        before, self._queue = self._queue, now
        if self._missed and self._listening:
            self._missed = False
            self._hub.tell("state", self.state)
        elif before is None or not looks_the_same(before, now):
            self._hub.tell("queue", now)
        else:
            # So that many small moves of an expected time are told once they add up.
            self._queue = before
        if not same_live(was_live, live_now):
            self._hub.tell("live", live_now)
        if was_silent != self._silence:
            self._hub.tell("silence", self._silence)
        await asyncio.sleep(BREATH)

    def _take(self, channel: str, body: bytes) -> None:
        if channel == NOW_PLAYING:
            self._take_now_playing(body)
            return
        with suppress(ValidationError):
            if channel == LIVE:
                self._hub.tell("live", LiveNow.model_validate_json(body))
                return
            self._hub.tell("request", RequestMoved.model_validate_json(body))

    def _take_now_playing(self, body: bytes) -> None:
        try:
            now = NowPlaying.model_validate_json(body)
        except ValidationError:
            return
        before = self._now
        if before and now.updated_at <= before.updated_at:
            return
        self._now = now
        for change in told_by(before, now):
            self._hub.tell(change, body_of(change, now))
