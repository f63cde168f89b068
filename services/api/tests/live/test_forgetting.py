"""What is over is forgotten, and nothing that still counts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from api.live.forgetting import forget_past
from api.live.models import LiveSession, LiveSlot, LiveToken
from api.settings import Settings
from desk import people
from kit.db import Sessions
from pydantic import ValidationError
from sqlalchemy import select

NOW = datetime.now(UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def token(user: UUID, expired: float) -> LiveToken:
    return LiveToken(id=uuid4(), user_id=user, max_streaming_seconds=60, created_at=ago(500), expires_at=ago(expired))


def session(user: UUID, token_id: UUID | None, ended: float | None) -> LiveSession:
    over = {} if ended is None else {"ended_at": ago(ended), "ended_because": "disconnected"}
    began = ago((ended or 0) + 1)
    return LiveSession(
        id=uuid4(), user_id=user, token_id=token_id, granted_at=began, connected_at=began, ends_at=NOW, **over
    )


async def test_what_was_over_long_ago_is_forgotten_and_the_rest_stays(
    client: httpx.AsyncClient, sessions: Sessions, settings: Settings
) -> None:
    user, _ = await people.user(sessions, settings, "streamer")
    old, in_use, fresh = token(user, 31), token(user, 31), token(user, 29)
    ancient, recent, live = session(user, None, 401), session(user, old.id, 399), session(user, in_use.id, None)
    slots = [LiveSlot(id=uuid4(), user_id=user, starts_at=ago(days + 1), ends_at=ago(days)) for days in (401, 399)]
    async with sessions.begin() as tx:
        tx.add_all([old, in_use, fresh, *slots])
        await tx.flush()
        tx.add_all([ancient, recent, live])
    for _ in range(2):
        await forget_past(sessions, settings)
    async with sessions() as tx:
        assert set(await tx.scalars(select(LiveToken.id))) == {in_use.id, fresh.id}
        kept = {one.id: one.token_id for one in await tx.scalars(select(LiveSession))}
        assert kept == {recent.id: None, live.id: in_use.id}
        assert set(await tx.scalars(select(LiveSlot.id))) == {slots[1].id}


def test_sessions_that_count_cannot_be_forgotten(settings: Settings) -> None:
    with pytest.raises(ValidationError, match="live_sessions_kept_days"):
        Settings(**{**settings.model_dump(), "live_sessions_kept_days": 31})
