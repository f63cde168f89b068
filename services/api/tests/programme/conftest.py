"""A station with folders of its own, and what is known of its programme."""

from pathlib import Path

import pytest
from api.library.models import Track
from api.programme import intake, scan, service, tidying
from api.settings import Settings
from desk import library
from desk.intake import Intake
from desk.programme import Playing, Rows
from desk.settings import api_settings, make_folders
from kit.db import Sessions
from kit.testing import Servers
from redis.asyncio import Redis
from sqlalchemy import select


@pytest.fixture(autouse=True)
def lain_long_enough(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Files need not settle first (what that means is tested with the scan)."""
    if request.path.stem != "test_scan":
        monkeypatch.setattr(scan, "SETTLED_AFTER", -1.0)


@pytest.fixture(autouse=True)
def looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads and copies are verified at each step, and not once in an hour; nothing may lie about for an hour."""
    monkeypatch.setattr(intake, "VERIFY_EVERY", 0.0)
    monkeypatch.setattr(tidying, "ORPHAN_AFTER", -1.0)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


@pytest.fixture
def programme(settings: Settings, sessions: Sessions, redis: Redis) -> Intake:
    return Intake(settings, sessions, redis)


@pytest.fixture
def rows(sessions: Sessions) -> Rows:
    """The tracks that are known and not gone, by path."""

    async def ask() -> dict[str, Track]:
        async with sessions() as tx:
            return {row.path: row for row in await tx.scalars(select(Track)) if row.state != "gone"}

    return ask


@pytest.fixture
def playing(sessions: Sessions) -> Playing:
    """The titles that the programme's player should hold, in their order."""

    async def ask() -> list[str | None]:
        async with sessions() as tx:
            return [item.title for item in (await service.wanted(tx, library.now())).items]

    return ask
