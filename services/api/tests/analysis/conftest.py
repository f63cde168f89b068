"""A station with folders of its own, whose tracks are analysed by hand or by a real worker."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from api.analysis.analyst import Analyst
from api.analysis.models import Analysis
from api.library.models import Track
from api.settings import Settings
from desk.analysing import AsIs, Have
from desk.settings import api_settings, make_folders
from desk.sounds import sound_file
from kit.db import Sessions
from kit.testing import Servers
from listening import Pcm
from redis.asyncio import Redis


@pytest.fixture
def settings(tmp_path: Path, database_url: str, servers: Servers) -> Settings:
    make_folders(tmp_path)
    return api_settings(tmp_path, database_url, servers.redis_url)


@pytest.fixture
def analyst(settings: Settings, sessions: Sessions, redis: Redis) -> Analyst:
    return Analyst(sessions, settings, redis)


@pytest.fixture
def have(settings: Settings, sessions: Sessions) -> Have:
    """A track that is ready: its sound is its original and its on-air copy."""

    async def make(pcm: Pcm | None = None, **given: Any) -> Track:
        item = uuid4()
        original = sound_file(settings.library_folder / f"{item}.flac", pcm)
        copy = settings.programme_folder / original.name
        copy.write_bytes(original.read_bytes())
        known: dict[str, Any] = {
            "id": item, "source": "upload", "path": original.name, "size": 1, "changed_ns": 1, "state": "ready",
            "title": "T", "loudness_lufs": -20.0, "true_peak_dbtp": -3.0,
        }  # fmt: skip
        track = Track(**{**known, **given})
        async with sessions.begin() as tx:
            tx.add(track)
        return track

    return make


@pytest.fixture
def as_is(sessions: Sessions) -> AsIs:
    """A track and its analysis as they are now."""

    async def ask(track_id: UUID) -> tuple[Track, Analysis | None]:
        async with sessions() as tx:
            return await tx.get_one(Track, track_id), await tx.get(Analysis, track_id)

    return ask
