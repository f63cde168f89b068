"""A server that speaks as clamd does, and finds what ends in a mark of its own."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "ClamAV 1.4.3/27800/Thu Nov 26 09:26:38 2026"
MALICIOUS = b"\0this is what the test's scanner calls malicious"
NAME = "Airtight.Test.Signature"


@dataclass
class Clamd:
    """Its address, what it was sent, and how it behaves: documented in clamd(8), as clamd 1.4 does it."""

    address: str = ""
    stream_max_length: int = 25_000_000
    answers: bool = True
    """Otherwise it takes everything and says nothing."""
    says: str | None = None
    """Its answer, whatever it is sent."""
    scanned: list[int] = field(default_factory=list)
    """Lengths of the files that it saw to their end."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection is one command."""
        with suppress(OSError, EOFError):
            command = await reader.readuntil(b"\0")
            if command == b"zVERSION\0":
                await self._say(writer, VERSION)
            elif command == b"zINSTREAM\0":
                await self._instream(reader, writer)
            else:
                await self._say(writer, "UNKNOWN COMMAND")
        writer.close()

    async def _instream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = bytearray()
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            if len(content) + length > self.stream_max_length:
                await self._say(writer, "INSTREAM size limit exceeded. ERROR")
                return
            content += await reader.readexactly(length)
        self.scanned.append(len(content))
        if not self.answers:
            await asyncio.sleep(60)
        found = f"stream: {NAME} FOUND" if MALICIOUS in content else "stream: OK"
        await self._say(writer, found if self.says is None else self.says)

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(text.encode() + b"\0")
        await writer.drain()


@asynccontextmanager
async def clamd(socket: Path | None = None) -> AsyncIterator[Clamd]:
    """Serve on a port, or on a Unix socket, until the block is over."""
    one = Clamd()
    server = await (
        asyncio.start_unix_server(one.serve, socket) if socket else asyncio.start_server(one.serve, "127.0.0.1", 0)
    )
    one.address = str(socket) if socket else f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield one
    finally:
        server.close()
