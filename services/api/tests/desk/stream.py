"""Listening to events as a browser does."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from kit.contracts.air import NowPlaying


@dataclass(frozen=True)
class Event:
    """One event."""

    name: str
    id: str
    body: Any


class Stream:
    """An open event stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.retry: int | None = None
        self._lines = answer.aiter_lines()

    async def next(self, name: str | None = None, *, seconds: float = 5) -> Event:
        """The next event, or the next of this name; `TimeoutError` when none comes, `EOFError` at the end."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._event()
                if name in (None, event.name):
                    return event

    async def until(self, name: str, about: Callable[[Any], bool], *, seconds: float = 10) -> Event:
        """The next event of this name that is about what is waited for: older news may be told late."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._event()
                if event.name == name and about(event.body):
                    return event

    async def all(self, *, seconds: float) -> list[Event]:
        """Everything that comes within this time."""
        found: list[Event] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found.append(await self._event())
        except TimeoutError:
            return found

    async def _event(self) -> Event:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line and "data" in fields:
                return Event(fields["event"], fields["id"], json.loads(fields["data"]))
            name, _, value = line.partition(": ")
            if name == "retry":
                self.retry = int(value)
            elif name:
                fields[name] = value
        raise EOFError("the stream ended")


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Stream]:
    """A stream of the service at this address."""
    timeout = httpx.Timeout(10, read=None)
    async with (
        httpx.AsyncClient(base_url=url, timeout=timeout) as client,
        client.stream("GET", "/events") as answer,
    ):
        assert answer.status_code == 200
        yield Stream(answer)


def now_playing(**given: Any) -> NowPlaying:
    """What stream-control would tell now."""
    known: dict[str, Any] = {
        "tier": "fallback",
        "title": None,
        "artist": None,
        "started_at": None,
        "length_seconds": None,
        "artwork": None,
        "listeners": 0,
        "station": "Airtight",
        "updated_at": datetime.now(UTC),
    }
    return NowPlaying(**{**known, **given})
