"""A pretend Icecast which sends prepared bytes at prepared moments: the truth against which the ears are measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from .ffmpeg import RATE
from .opus import Chain

Script = Sequence[tuple[float, bytes]]
"""(seconds after the listener connected, bytes); when it ends, the server closes the connection."""


@dataclass(slots=True)
class Paced:
    """Each listener gets the next script, and 404 while there is none. `connected` and `sent` tell the true moments."""

    url: str
    scripts: list[Script]
    connected: list[float] = field(default_factory=list)
    sent: list[tuple[float, bytes]] = field(default_factory=list)


@asynccontextmanager
async def paced(*scripts: Script, headers: str = "Content-Type: application/ogg") -> AsyncIterator[Paced]:
    """Serve scripts to listeners, one each; moments are monotonic seconds."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if server.scripts:
            script = server.scripts.pop(0)
            server.connected.append(time.monotonic())
            writer.write(f"HTTP/1.0 200 OK\r\n{headers}\r\n\r\n".encode())
            await _play(script, writer, server)
        else:
            writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server = Paced(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/radio", list(scripts))
    async with listening:
        yield server


async def _play(script: Script, writer: asyncio.StreamWriter, server: Paced) -> None:
    begin = server.connected[-1]
    try:
        for at, data in script:
            await asyncio.sleep(max(0.0, begin + at - time.monotonic()))
            server.sent.append((time.monotonic(), data))
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return  # the listener left


def page_script(chain: Chain, *, burst: float = 0.0, start: float = 0.0) -> list[tuple[float, bytes]]:
    """A chain's pages in real time, each when its audio is complete; the first `burst` seconds of audio at once."""
    script = [(start, page.raw) for page in chain.headers]
    samples = 0
    for audio in chain.audio:
        samples += audio.samples
        script.append((start + max(0.0, samples / RATE - burst), audio.page.raw))
    return script
