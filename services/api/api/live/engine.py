"""What stream-control knows of the engine's streamer, and may be asked to do with them."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from api.settings import Settings

TIMEOUT = 2.0
"""Seconds; it is asked again in a second."""


class EngineAway(OSError):
    """An order did not arrive; it is to be given again."""


class Told(BaseModel):
    """What the engine itself says now: whose session is connected, if it can be asked (`known`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session: UUID | None
    since: AwareDatetime | None = None
    known: bool


class Engine:
    """stream-control over HTTP."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._address = f"http://{settings.stream_control_address}/internal/live"
        self._headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}

    async def ask(self) -> Told | None:
        """Who is connected; None when nobody can tell."""
        try:
            answer = await self._http.get(self._address, headers=self._headers, timeout=TIMEOUT)
            told = Told.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError):
            return None
        return told if told.known else None

    async def cut(self, session: UUID, reason: str) -> None:
        """Have an encoder disconnected, unless it is gone already; raises `EngineAway`."""
        await self._order("cut", {"session": str(session), "reason": reason})

    async def limit(self, session: UUID, ends_at: datetime, *, now: datetime) -> bool:
        """Move a session's end; False when it is not connected (yet). Raises `EngineAway`."""
        left = max(0.0, (ends_at - now).total_seconds())
        return await self._order("limit", {"session": str(session), "seconds_left": left})

    async def _order(self, what: str, body: dict[str, object]) -> bool:
        try:
            answer = await self._http.post(f"{self._address}/{what}", json=body, headers=self._headers, timeout=TIMEOUT)
            if answer.status_code == HTTPStatus.CONFLICT:
                return False
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise EngineAway(f"{what}: {error or type(error).__name__}") from error
        return True
