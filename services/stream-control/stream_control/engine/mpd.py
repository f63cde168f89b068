"""One MPD: what it holds and does, and the few things asked of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mpd.asyncio import MPDClient
from mpd.base import ConnectionError as MpdConnectionError
from mpd.base import MPDError

from stream_control.engine.state import PlayerState, QueuedSong
from stream_control.engine.unreachable import EngineUnreachable

TIMEOUT = 3.0


class Player:
    """A connection for commands, made anew when it broke. One call at a time."""

    def __init__(self, name: str, socket: Path, password: str) -> None:
        self.name = name
        self._socket = str(socket)
        self._password = password
        self._client: MPDClient | None = None
        self._turn = asyncio.Lock()

    async def state(self) -> PlayerState:
        """What it holds and does now."""
        async with self._connected() as client:
            status, outputs, songs = await client.status(), await client.outputs(), await client.playlistinfo()
        queue = tuple(QueuedSong(int(song["id"]), song["file"]) for song in songs)
        current = next((song for song in queue if str(song.song_id) == status.get("songid")), None)
        modes = {name: status.get(name) == "1" for name in ("random", "repeat", "consume", "single")}
        enabled = all(output["outputenabled"] == "1" for output in outputs)
        if status["state"] == "stop":
            return PlayerState("stop", modes, enabled, queue, None)
        return PlayerState(status["state"], modes, enabled, queue, current, float(status.get("elapsed", 0)))

    async def run(self, commands: Sequence[tuple[str, *tuple[Any, ...]]]) -> list[Any]:
        """Run MPD commands in order, each a name and its arguments; returns their answers."""
        async with self._connected() as client:
            return [await getattr(client, name)(*arguments) for name, *arguments in commands]

    async def changes(self) -> AsyncIterator[None]:
        """Yields at every change of queue, playback or output, over a connection of its own."""
        client = await self._connect()
        try:
            async for _ in client.idle(["player", "playlist", "options", "output"]):
                yield
        finally:
            client.disconnect()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[MPDClient]:
        async with self._turn:
            try:
                async with asyncio.timeout(TIMEOUT):
                    if self._client is None:
                        self._client = await self._connect()
                    yield self._client
            except (OSError, MpdConnectionError, TimeoutError) as error:
                self._drop()
                raise EngineUnreachable(f"The {self.name} player does not answer: {error or 'timed out'}.") from error
            except MPDError:
                self._drop()
                raise

    async def _connect(self) -> MPDClient:
        client = MPDClient()
        await client.connect(self._socket)
        await client.password(self._password)
        return client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client = None
