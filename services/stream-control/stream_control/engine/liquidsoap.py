"""Liquidsoap's control socket: gates, titles and notes for the journal."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel

from stream_control.engine.unreachable import EngineUnreachable
from stream_control.journal.lines import Ending

TIMEOUT = 2.0


class TierState(BaseModel):
    """Whether a tier has something to play, and whether its gate lets it be heard."""

    ready: bool
    gate: bool


class AirStatus(BaseModel):
    """The engine's own word; `uptime` in seconds, `tier` empty until the first one is entered."""

    tier: str
    uptime: float
    live: TierState
    user: TierState
    fallback: TierState


class LiveStatus(BaseModel):
    """Who is live by the engine's own word: for how long, and seconds until the session is cut."""

    session: UUID | None
    seconds_on: float | None = None
    seconds_left: float | None = None


class Liquidsoap:
    """Each command is a short connection, so there is none to lose."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def status(self) -> AirStatus:
        """Tier on air, gates and uptime."""
        return AirStatus.model_validate_json(await self._ask("air.status"))

    async def set_gate(self, tier: str, *, open: bool) -> None:
        """Let a tier be heard, or crossfade away from it while it still plays."""
        await self._ask(f"gate.{tier} {'open' if open else 'closed'}")

    async def set_title(self, title: str, artist: str) -> None:
        """What players of the MP3 stream show."""
        await self._ask(f"air.title {json.dumps({'title': title, 'artist': artist}, ensure_ascii=False)}")

    async def note(self, tier: str, reason: Ending) -> None:
        """Write into the journal why the tier's track is about to end."""
        await self._ask(f"note.{tier} {reason}")

    async def note_resumed(self, tier: str) -> None:
        """Write into the journal that the tier's paused player is about to go on."""
        await self._ask(f"resumed.{tier}")

    async def live(self) -> LiveStatus:
        """Who is live."""
        return LiveStatus.model_validate_json(await self._ask("live.session"))

    async def cut(self, session: UUID) -> bool:
        """Fade a live session out and send its encoder away; False when it is not the one that is live."""
        return await self._ask(f"live.cut {session}") == "OK"

    async def limit(self, session: UUID, seconds: float) -> bool:
        """Let a live session go on for so long from now; False when it is not the one that is live."""
        return await self._ask(f"live.limit {session} {seconds:.3f}") == "OK"

    async def outlive(self, reached: Callable[[], None]) -> None:
        """Stay connected without a word until the engine closes: that is how its death is known at once.

        `reached` is called as soon as the connection stands; raises `EngineUnreachable` when it does not.
        """
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError as error:
            raise EngineUnreachable(f"The audio engine does not answer: {error}.") from error
        reached()
        try:
            with suppress(OSError):
                await reader.read()
        finally:
            writer.close()

    async def _ask(self, command: str) -> str:
        try:
            async with asyncio.timeout(TIMEOUT):
                reader, writer = await asyncio.open_unix_connection(self._socket)
                try:
                    writer.write(f"{command}\nquit\n".encode())
                    answer = (await reader.readuntil(b"END\r\n")).decode()
                finally:
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise EngineUnreachable(f"The audio engine does not answer: {error or 'timed out'}.") from error
        answer = answer.removesuffix("END\r\n").strip()
        if answer.startswith("ERROR"):
            raise ValueError(f"Liquidsoap refused {command.split(maxsplit=1)[0]!r}: {answer}")
        return answer
