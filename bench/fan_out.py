"""Many clients of the event stream at once: when does the last one have an event?"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.load import message


class Listener(asyncio.Protocol):
    """One client. It looks for marks in what comes, and does nothing else."""

    def __init__(self) -> None:
        self.mark = b"event: state"
        self.heard_at = 0.0
        self.heard = asyncio.Event()
        self.closed = False
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(message("GET", "/api/events"))

    def data_received(self, data: bytes) -> None:
        """Look for the mark, which may come in two pieces."""
        found = self._tail + data
        if self.mark in found and not self.heard.is_set():
            self.heard_at = time.monotonic()
            self.heard.set()
        self._tail = found[-len(self.mark) :]

    def connection_lost(self, _: Exception | None) -> None:
        """Nothing more comes."""
        self.closed = True
        self.heard.set()

    def expect(self, mark: bytes) -> None:
        """Look for another mark from now on."""
        self.mark, self._tail = mark, b""
        self.heard.clear()


@asynccontextmanager
async def listeners(port: int, number: int) -> AsyncIterator[list[Listener]]:
    """So many clients, each with its first event; raises `ConnectionError` when one was turned away."""
    loop = asyncio.get_running_loop()
    transports, found = [], list[Listener]()
    try:
        for _ in range(number):
            transport, listener = await loop.create_connection(Listener, "127.0.0.1", port)
            transports.append(transport)
            found.append(listener)
        await all_heard(found)
        yield found
    finally:
        for transport in transports:
            transport.close()


async def all_heard(clients: list[Listener], *, seconds: float = 60) -> list[float]:
    """Wait until everybody has heard the mark; returns the moments."""
    async with asyncio.timeout(seconds):
        await asyncio.gather(*(client.heard.wait() for client in clients))
    if lost := sum(client.closed for client in clients):
        raise ConnectionError(f"{lost} of {len(clients)} streams ended")
    return [client.heard_at for client in clients]
