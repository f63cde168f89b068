"""A listener with a stopwatch: records an HTTP audio stream and when each byte of it arrived.

The reading is done by a thread of its own, so a test that keeps the event loop busy does not make its audio look late.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .connection import Connection, Line, Title
from .decoding import decode_connection
from .heard import Heard, joined
from .spans import first_heard

SETTLE = 0.25
"""Seconds after connecting in which audio is Icecast's burst of the past, not the present."""
RETRY = 0.05
"""Seconds between attempts to reconnect."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A listener between two connections: last byte, end, new connection, its first byte (monotonic seconds)."""

    last_byte_at: float
    closed_at: float
    reopened_at: float
    first_byte_at: float | None

    @property
    def seconds(self) -> float | None:
        """Time without audio, from last byte to first byte; None if nothing has come yet."""
        return None if self.first_byte_at is None else self.first_byte_at - self.last_byte_at


class Recording:
    """What arrived, connection by connection. All moments are `time.monotonic()` seconds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.started_at = time.monotonic()
        self.connections: list[Connection] = []
        self.failed_attempts: list[float] = []
        self._wall_offset = time.time() - self.started_at

    @property
    def closed_at(self) -> float | None:
        """When the server ended the latest connection; None while it lasts, or if we hung up."""
        return self.connections[-1].closed_at if self.connections else None

    @property
    def titles(self) -> list[Title]:
        """ICY stream titles, in order of arrival."""
        return [title for connection in self.connections for title in connection.titles]

    @property
    def outages(self) -> list[Outage]:
        """Times between two connections (reconnect=True)."""
        return [_outage(before, after) for before, after in zip(self.connections, self.connections[1:], strict=False)]

    @property
    def audio_bytes(self) -> int:
        return sum(len(chunk) for connection in self.connections for _, chunk in list(connection.chunks))

    def wall(self, moment: float) -> float:
        """A monotonic moment as Unix time."""
        return moment + self._wall_offset

    def moment(self, wall: float) -> float:
        """A Unix time as a monotonic moment."""
        return wall - self._wall_offset

    def heard(self, *, since: float = 0.0, settle: float = SETTLE, channels: int = 1) -> Heard:
        """Decode what arrived so far, since a moment, without the first `settle` seconds of each connection."""
        connections = list(self.connections)
        return joined([decode_connection(one, settle=settle, since=since, channels=channels) for one in connections])

    async def until_hears(self, source: str, *, after: float | None = None, timeout: float = 10.0) -> float:
        """Wait until a source is audible, and return when it first was, from `after` (default: now) on. Seconds."""
        begin = time.monotonic() if after is None else after

        def listen() -> float | None:
            return first_heard(self.heard(since=begin - 0.5), source, begin)

        while (at := await asyncio.to_thread(listen)) is None:
            if time.monotonic() > begin + timeout:
                raise TimeoutError(f"{source} was not heard within {timeout} s on {self.url}")
            await asyncio.sleep(0.2)
        return at

    async def until_closed(self, *, timeout: float = 10.0) -> float:
        """Wait until the server ends the connection, and return when it did."""
        return await _until(lambda: self.closed_at, timeout, f"{self.url} was not closed")

    async def until_heard_for(self, seconds: float, *, timeout: float | None = None) -> None:
        """Wait until audio has arrived for `seconds` after the burst of the latest connection."""

        def enough() -> float | None:
            latest = self.connections[-1]
            end = latest.opened_at + SETTLE + seconds
            return end if latest.chunks and latest.chunks[-1][0] >= end else None

        await _until(enough, timeout or seconds + 10, f"{self.url} brought no {seconds} s of audio")


class record:  # noqa: N801 - reads as a verb: `async with record(url) as recording`
    """Record a stream while the block runs: `with` or `async with`.

    `icy` asks for MP3 metadata; `reconnect` connects again at once when dropped (and waits for a first connection);
    `timeout` (seconds) bounds one attempt, and the wait for the first connection.
    """

    def __init__(self, url: str, *, reconnect: bool = False, icy: bool = False, timeout: float = 10.0) -> None:
        self.recording = Recording(url)
        self._reconnect, self._icy, self._timeout = reconnect, icy, timeout
        self._ending = threading.Event()
        self._line: Line | None = None
        self._reader = threading.Thread(target=self._listen, name=f"listener of {url}", daemon=True)

    def __enter__(self) -> Recording:
        give_up = time.monotonic() + self._timeout
        while not self._connect():
            if not self._reconnect or time.monotonic() > give_up:
                raise self._refusal
            time.sleep(RETRY)
        self._reader.start()
        return self.recording

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        if self._line:
            self._line.hang_up()
        self._reader.join(self._timeout + 1)

    async def __aenter__(self) -> Recording:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.__exit__)

    def _listen(self) -> None:
        while self._line:
            if self._ending.is_set():
                self._line.hang_up()
            self._line.read_to_the_end()
            if self._ending.is_set():
                self._line.connection.closed_at = None
            if self._ending.is_set() or not self._reconnect:
                return
            while not self._connect():
                if self._ending.wait(RETRY):
                    return

    def _connect(self) -> bool:
        try:
            self._line = Line(self.recording.url, icy=self._icy, timeout=self._timeout)
        except OSError as refusal:
            self._refusal = refusal
            self.recording.failed_attempts.append(time.monotonic())
            return False
        self.recording.connections.append(self._line.connection)
        return True


def _outage(before: Connection, after: Connection) -> Outage:
    last = before.chunks[-1][0] if before.chunks else before.opened_at
    return Outage(last, before.closed_at or last, after.opened_at, after.chunks[0][0] if after.chunks else None)


async def _until(reached: Callable[[], float | None], timeout: float, complaint: str) -> float:
    give_up = time.monotonic() + timeout
    while (moment := reached()) is None:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{complaint} within {timeout} s")
        await asyncio.sleep(0.02)
    return moment
