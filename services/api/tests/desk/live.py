"""Sessions of streamers: made, looked at, changed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
from api.live.models import LiveSession
from kit.db import Sessions
from sqlalchemy import update

from desk.engine import StreamControl, Streamer, knock, report


async def come(client: httpx.AsyncClient, engine: StreamControl, someone: Streamer) -> str:
    """An encoder is let in and connects."""
    answer = await knock(client, someone.token)
    assert answer["allowed"], answer
    engine.session = str(answer["session"])
    await report(client, "connected", engine.session)
    return engine.session


async def go(client: httpx.AsyncClient, engine: StreamControl) -> None:
    """It leaves."""
    session, engine.session = engine.session, None
    assert session
    await report(client, "disconnected", session)


async def session_of(sessions: Sessions, session: str) -> LiveSession:
    async with sessions() as tx:
        found = await tx.get(LiveSession, UUID(session))
    assert found
    return found


async def until(true: Callable[[], Awaitable[Any]], *, seconds: float = 5) -> float:
    """Wait for something; seconds that it took."""
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def change(sessions: Sessions, session: str, **values: object) -> None:
    async with sessions.begin() as tx:
        await tx.execute(update(LiveSession).where(LiveSession.id == UUID(session)).values(**values))


def ended(sessions: Sessions, session: str) -> Callable[[], Awaitable[str | None]]:
    async def look() -> str | None:
        return (await session_of(sessions, session)).ended_because

    return look
