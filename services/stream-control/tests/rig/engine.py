"""A local server that speaks Liquidsoap's protocol: a line in, some lines and END out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

STATUS = (
    '{"tier":"fallback","uptime":12.5,"live":{"ready":false,"gate":true},'
    '"user":{"ready":false,"gate":true},"fallback":{"ready":true,"gate":true}}'
)


@dataclass
class SpokenTo:
    """What the server was told, and what it answers; None is no answer at all."""

    answer: Callable[[str], str | None] = lambda command: STATUS if command == "air.status" else "OK"
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def die(self) -> None:
        """Close every connection, as a killed engine does."""
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def control_socket(path: Path) -> AsyncIterator[SpokenTo]:
    """Serve at a socket until the test is over."""
    engine = SpokenTo()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        engine.connections += 1
        engine.open_connections += 1
        engine.writers.add(writer)
        try:
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                if line == "quit":
                    writer.write(b"Bye!\r\n")
                    break
                engine.commands.append(line)
                answer = engine.answer(line)
                if answer is None:
                    await reader.read()
                    return
                writer.write(f"{answer}\r\nEND\r\n".encode())
                await writer.drain()
        finally:
            engine.open_connections -= 1
            engine.writers.discard(writer)
            writer.close()

    server = await asyncio.start_unix_server(talk, path)
    try:
        yield engine
    finally:
        server.close()
        engine.die()
        path.unlink(missing_ok=True)
