"""Fan-out in memory: an event is encoded once and put into the queue of each client."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import count

from kit.refusal import Refusal
from prometheus_client import Gauge
from pydantic import BaseModel
from sse_starlette import ServerSentEvent

BACKLOG = 100
"""Events that wait for one client. One that reads too slowly is let go: it connects again and has the whole state."""

CLIENTS = Gauge("airtight_event_clients", "Open event streams")


class TooManyStreams(Refusal):
    status = 503
    error_code = "too_many_event_streams"


class Client:
    """One open stream."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(BACKLOG)

    def give(self, event: bytes) -> bool:
        """Put an event into the client's queue; False when it is full, and then the stream ends."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)
            return False
        return True

    async def events(self) -> AsyncIterator[bytes]:
        """What the client is to be sent, as it comes."""
        while (event := await self._waiting.get()) is not None:
            yield event


class Hub:
    """Everybody who listens to this process."""

    def __init__(self, max_clients: int) -> None:
        self._max_clients = max_clients
        self._clients: set[Client] = set()
        # Ids only have to differ: whoever connects again is given the whole state, whichever process it meets.
        self._begun = f"{time.time_ns() // 1_000_000:x}"
        self._numbers = count(1)

    def join(self) -> Client:
        """A new client; raises `TooManyStreams`."""
        if len(self._clients) >= self._max_clients:
            raise TooManyStreams("Too many event streams are open; try again later.", headers={"Retry-After": "10"})
        client = Client()
        self._clients.add(client)
        CLIENTS.set(len(self._clients))
        return client

    def leave(self, client: Client) -> None:
        """The client is gone."""
        self._clients.discard(client)
        CLIENTS.set(len(self._clients))

    def encode(self, name: str, body: BaseModel) -> bytes:
        """An event as it goes over the wire."""
        event_id = f"{self._begun}-{next(self._numbers)}"
        return ServerSentEvent(body.model_dump_json(), event=name, id=event_id).encode()

    def tell(self, name: str, body: BaseModel) -> None:
        """Send an event to everybody."""
        if not self._clients:
            return
        event = self.encode(name, body)
        for client in [client for client in self._clients if not client.give(event)]:
            self.leave(client)
