"""A station without files composes its own first programme, so that there is music within a minute."""

import asyncio
import os
from pathlib import Path

import httpx
import structlog

from stream_control.programme.items import Items
from stream_control.settings import Settings

logger = structlog.get_logger()
# A composition takes seconds; a busy machine may need more.
TIMEOUT = httpx.Timeout(150, connect=3)


class Starter:
    """Asks ai-brain for pieces while the programme has none of the station's own."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient, items: Items, made: asyncio.Event) -> None:
        self._settings = settings
        self._http = http
        self._items = items
        self._made = made

    async def step(self) -> None:
        """Compose what is missing, one piece at a time; each is heard as soon as it is there."""
        for number in range(1, self._settings.starter_pieces + 1):
            target = self._settings.starter_folder / f"starter-{number}.mp3"
            if self._items.looked_through and not self._has_own_files() and not target.exists():
                await self._compose(number, target)
                self._made.set()

    def _has_own_files(self) -> bool:
        return any(one.state == "ready" and one.found.folder == "fallback" for one in self._items.known or ())

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
