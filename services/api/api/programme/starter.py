"""A station without music composes its own first programme, so that there is some within a minute."""

import asyncio
import os
from pathlib import Path

import httpx
import structlog
from kit.db import Sessions

from api.alone import alone
from api.programme import queries
from api.programme.intake import Programme
from api.settings import Settings

logger = structlog.get_logger()
TIMEOUT = httpx.Timeout(150, connect=3)
"""A composition takes seconds; a busy machine may need more."""
_LOCK = 7_203_120


class Starter:
    """Asks ai-brain for pieces while the programme has none of the station's own."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        http: httpx.AsyncClient,
        programme: Programme,
        made: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._http = http
        self._programme = programme
        self._made = made

    async def step(self) -> None:
        """Compose what is missing, one piece at a time; each is heard as soon as it is there."""
        if not self._programme.looked_through:
            return
        async with alone(self._sessions, _LOCK) as mine:
            for number in range(1, self._settings.starter_pieces + 1):
                target = self._settings.starter_folder / f"starter-{number}.mp3"
                if mine and not target.exists() and not await self._has_own():
                    await self._compose(number, target)
                    self._made.set()

    async def _has_own(self) -> bool:
        async with self._sessions() as tx:
            return await queries.station_has_own(tx)

    async def _compose(self, seed: int, target: Path) -> None:
        answer = await self._http.post(
            f"http://{self._settings.ai_brain_address}/music",
            json={"seed": seed, "seconds": self._settings.starter_seconds},
            headers={"Authorization": f"Bearer {self._settings.token.get_secret_value()}"},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        if answer.headers.get("Content-Type") != "audio/mpeg" or not answer.content:
            raise ValueError("ai-brain's answer was no music.")
        part = target.with_name(f".{target.name}.part")
        await asyncio.to_thread(part.write_bytes, answer.content)
        os.replace(part, target)
        logger.info("starter_piece_composed", seed=seed, bytes=len(answer.content))
